import {
  type Correctness,
  type CorrectnessState,
  ENOUGH_VERDICTS,
  type JudgeStanding,
  type Sample,
  type SampleVerdict,
} from '#contract/sample.ts';
import { countText, percentText, type Tone } from '../kit/index.ts';

/*
 * Samples and correctness in words. Pure.
 */

/** What can be said of an output, each with its key, in the order of the form. */
export const VERDICTS: readonly { verdict: SampleVerdict; key: string; word: string; label: string }[] = [
  { verdict: 'correct', key: 'y', word: 'Correct', label: 'it is what the input asked for' },
  { verdict: 'incorrect', key: 'n', word: 'Incorrect', label: 'it counts against the agent from now on' },
  { verdict: 'cannot-tell', key: 'u', word: 'Cannot tell', label: 'it counts as if it had not been drawn' },
];

export function verdictWord(verdict: SampleVerdict): string {
  return VERDICTS.find((one) => one.verdict === verdict)?.word.toLowerCase() ?? verdict;
}

export const CORRECTNESS_WORDS: Record<CorrectnessState, { tone: Tone; word: string }> = {
  above: { tone: 'met', word: 'Above its objective' },
  below: { tone: 'soon', word: 'Below its objective' },
  unsettled: { tone: 'unknown', word: 'Not settled' },
  'not-enough-data': { tone: 'unknown', word: 'Not enough data' },
};

/** Why a sample is in the queue: `one in 50`, `new definition, one in 10`. */
export function drawnText({ class: of, chance, marks }: Pick<Sample, 'class' | 'chance' | 'marks'>): string {
  const often = chance === 1 ? 'all of them' : `one in ${countText(Math.round(1 / chance))}`;
  switch (of) {
    case 'usual':
      return often;
    case 'new':
      return `new definition, ${often}`;
    case 'marked':
      return `${marks.filter((mark) => mark === 'fallback' || mark === 'partial' || mark === 'unverified').join(', ')}, ${often}`;
  }
}

/** How many more verdicts would settle it, in one line. */
export function moreText({ more, estimate, state, verdicts, verdictsADay }: Correctness): string {
  if (estimate === null) return 'nobody has judged any output yet';
  if (state === 'not-enough-data') return `${ENOUGH_VERDICTS - verdicts} more verdicts before it says anything`;
  if (more === null) return 'it stands on its objective: no number of verdicts would settle that';
  if (more === 0) return 'settled: chance does not explain it';
  const days = verdictsADay > 0 ? `, about ${countText(Math.ceil(more / verdictsADay))} d at this pace` : '';
  return `${countText(more)} more ${more === 1 ? 'verdict' : 'verdicts'} like these would settle it${days}`;
}

/** The watch for a drop, with its false alarms. */
export function watchText({ watch, verdicts, verdictsADay }: Correctness): string {
  const paced = verdicts >= ENOUGH_VERDICTS && verdictsADay > 0;
  const days = paced ? ` (${countText(Math.round(watch.falseAlarmIn / verdictsADay))} d at this pace)` : '';
  const alarm = watch.alarm ? 'alarms' : `at ${Math.round(100 * watch.level)}% of its limit`;
  return `${alarm}; one false alarm in ${countText(watch.falseAlarmIn)} verdicts${days}`;
}

/** What the judge model says: a bare score until it is calibrated. */
export function judgeText({ score, corrected, why }: JudgeStanding): string {
  if (corrected !== null) {
    const { estimate, low, high, sensitivity, specificity } = corrected;
    const interval = `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)}`;
    return `${percentText(estimate)} (${interval}) of ${countText(score.total)}, calibrated: sensitivity ${percentText(sensitivity)}, specificity ${percentText(specificity)}`;
  }
  const bare =
    score.estimate === null ? '' : `judge score ${percentText(score.estimate)} of ${countText(score.total)}; `;
  return `${bare}${why ?? ''}`;
}

/** The next sample after one that may be gone by now: the oldest that is younger, else the oldest of all. */
export function nextAfter(
  queue: readonly Sample[],
  { id, endedAt }: Pick<Sample, 'id' | 'endedAt'>,
): Sample | undefined {
  const others = queue.filter((one) => one.id !== id);
  return others.find((one) => one.endedAt > endedAt || (one.endedAt === endedAt && one.id > id)) ?? others[0];
}
