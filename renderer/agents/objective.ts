import { parseSpan, writeSpan } from '#contract/basic.ts';
import type { Rate } from '#contract/health.ts';
import type {
  FailureSwitch,
  Objective,
  ObjectiveChange,
  ObjectiveInForce,
  ObjectivePreview,
  ObjectiveStanding,
  ObjectiveVerdict,
} from '#contract/objective.ts';
import { countText, intervalText, percentText, spanText, type Tone } from '../kit/index.ts';

/*
 * Objectives in words, and as a person edits them. Pure.
 */

/** The word of a verdict, and the meaning of its colour. */
export const VERDICT_WORDS: Record<ObjectiveVerdict, { tone: Tone; word: string }> = {
  met: { tone: 'met', word: 'Met' },
  missed: { tone: 'soon', word: 'Missed' },
  'insufficient-data': { tone: 'unknown', word: 'Not enough data' },
  unknown: { tone: 'unknown', word: 'Unknown' },
};

/** What each switch makes a failure, in plain words; that a failed task is one stands beside them. */
export const SWITCHES: readonly { name: FailureSwitch; words: string }[] = [
  { name: 'incorrect', words: 'a task that succeeded with a wrong output' },
  { name: 'retried', words: 'a task that succeeded, but not at its first attempt' },
  { name: 'slow', words: 'a task that succeeded later than its p95 bound' },
];

/** A share with all of its digits: `99.95%`. */
export function shareText(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}

/** `99% good, 95 of 100 within 30 s, over 30 d`. */
export function promiseText({ success, p95Ms, windowMs }: Objective): string {
  const latency = p95Ms === null ? '' : `, 95 of 100 within ${spanText(p95Ms)}`;
  return `${shareText(success)} good${latency}, over ${spanText(windowMs)}`;
}

/** What the verdict rests on, in a sentence. */
export function verdictText({ verdict, success, objective }: ObjectiveStanding): string {
  const promised = shareText(objective.success);
  switch (verdict) {
    case 'met':
      return `The whole interval lies above ${promised}: chance does not explain it.`;
    case 'missed':
      return `The whole interval lies below ${promised}: chance does not explain it.`;
    case 'insufficient-data':
      return `The interval holds ${promised}: ${countText(success.total)} tasks cannot say whether it is kept.`;
    case 'unknown':
      return success.total === 0 ? 'Nothing ended in its window.' : 'The newest numbers are missing.';
  }
}

/** `97.1% (95.0–98.4) of 412`. */
export function rateText(rate: Rate): string {
  if (rate.estimate === null) return 'not measured';
  return `${percentText(rate.estimate)} (${intervalText(rate)}) of ${countText(rate.total)}`;
}

/** `2.4x`; what is not known says so. */
export function burnText(burn: number | null): string {
  return burn === null ? 'unknown' : `${burn.toFixed(1)}x`;
}

const CHANGE_WORDS: Record<ObjectiveStanding['weeks']['change'], string> = {
  better: 'better than the week before',
  worse: 'worse than the week before',
  unclear: 'no clear difference to the week before',
};

/** This week beside the one before. */
export function weeksText({ now, before, change }: ObjectiveStanding['weeks']): string {
  if (before.estimate === null) return `${rateText(now)}; nothing ended in the week before`;
  return `${rateText(now)}, ${CHANGE_WORDS[change]}: ${rateText(before)}`;
}

/** What stands in the fields of the dialog. */
export type Draft = { success: string; p95: string; window: string; failure: readonly FailureSwitch[] };

export function draftOf({ success, p95Ms, windowMs, failure }: Objective): Draft {
  return {
    success: Number((success * 100).toFixed(4)).toString(),
    p95: p95Ms === null ? '' : writeSpan(p95Ms),
    window: writeSpan(windowMs),
    failure,
  };
}

/** A draft as a change, or what is wrong with it. */
export type Read = { ok: true; change: Required<ObjectiveChange> } | { ok: false; why: string };

export function readDraft(agent: string, { success, p95, window, failure }: Draft): Read {
  const percent = Number(success.trim().replace(/%$/, ''));
  if (success.trim() === '' || !(percent > 0 && percent < 100)) {
    return { ok: false, why: 'Success is a percentage between 0 and 100, both excluded.' };
  }
  const isBound = p95.trim() !== '' && p95.trim() !== 'none';
  const p95Ms = isBound ? parseSpan(p95) : null;
  if (p95Ms === undefined || p95Ms === 0)
    return { ok: false, why: 'Write the p95 bound as 30s or 2m, or leave it empty.' };
  const windowMs = parseSpan(window);
  if (windowMs === undefined) return { ok: false, why: 'Write the window as 7d or 28d.' };
  if (p95Ms === null && failure.includes('slow')) {
    return { ok: false, why: 'Slow tasks cannot count as failures without a p95 bound.' };
  }
  const chosen: FailureSwitch[] = ['failed', ...failure.filter((each) => each !== 'failed')];
  return { ok: true, change: { agent, success: Number((percent / 100).toFixed(8)), p95Ms, windowMs, failure: chosen } };
}

/** Whether a change would leave everything as it is. */
export function isSame(change: Required<ObjectiveChange>, { success, p95Ms, windowMs, failure }: Objective): boolean {
  const all = (of: readonly FailureSwitch[]): string => [...new Set(['failed', ...of])].sort().join();
  return (
    change.success === success &&
    change.p95Ms === p95Ms &&
    change.windowMs === windowMs &&
    all(change.failure) === all(failure)
  );
}

/** The command line that sets it. */
export function setCommand({ agent, success, p95Ms, windowMs, failure }: Required<ObjectiveChange>): string {
  const p95 = p95Ms === null ? 'none' : writeSpan(p95Ms);
  return `nightdesk objective set ${agent} --success ${shareText(success)} --p95 ${p95} --window ${writeSpan(windowMs)} --failure ${failure.join(',')}`;
}

/** `With this you would have been paged 3 times in 28 d, and got 1 ticket.` */
export function previewText({
  pages,
  tickets,
  from,
  to,
}: Pick<ObjectivePreview, 'pages' | 'tickets' | 'from' | 'to'>): string {
  if (to - from < 60_000) return 'No minute of its past is known yet: nothing can be said.';
  const times =
    pages.length === 0
      ? 'not have been paged'
      : `have been paged ${pages.length === 1 ? 'once' : `${pages.length} times`}`;
  const more = tickets === 0 ? '' : `, and got ${tickets === 1 ? '1 ticket' : `${tickets} tickets`}`;
  return `With this you would ${times} in the last ${spanText(to - from)}${more}.`;
}

/** Where it comes from: the file, or who set it. */
export function fromText({ from, by }: ObjectiveInForce): string {
  return from === 'file' ? "from the agent's file" : `set by ${by?.name ?? 'somebody'}, over the file's`;
}
