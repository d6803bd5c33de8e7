import type { SamplePlan } from '#contract/agent.ts';
import type { Agreement, Correctness, CorrectnessState, JudgeStanding } from '#contract/sample.ts';
import { ENOUGH_VERDICTS, judgeScoreSchema } from '#contract/sample.ts';
import type { SampleDayRow, VerdictRow } from '../../store/sample.ts';
import { DAY_MS } from '../indicator/rollups.ts';
import { rateOf } from '../indicator/wilson.ts';
import { calibrate } from './calibrate.ts';
import { type Cusum, watchOf } from './cusum.ts';
import { type ClassVerdicts, type Estimate, estimateOf, moreToSettle } from './estimate.ts';

/** Correctness speaks of this span, ms. */
export const WINDOW_MS = 28 * DAY_MS;
/** The pace of verdicts is that of this span, ms. */
const PACE_MS = 7 * DAY_MS;

export type StandingInput = {
  agent: string;
  plan: SamplePlan;
  cusum: Cusum;
  /** Given in the window, in the order they were given. */
  verdicts: readonly VerdictRow[];
  /** Of the window. */
  days: readonly SampleDayRow[];
  open: number;
  rehearsal: boolean;
  now: number;
};

/** How right an agent's successes are, from its verdicts and what they were drawn from. Pure. */
export function correctnessOf(input: StandingInput): Correctness {
  const { agent, plan, cusum, days, open, rehearsal, now } = input;
  const from = now - WINDOW_MS;
  const given = input.verdicts.filter((row) => row.ended_at >= from);
  const said = given.filter(({ verdict }) => verdict !== 'cannot-tell');
  const correct = said.filter(({ verdict }) => verdict === 'correct').length;
  const estimate = estimateOf(classesOf(said, days));
  return {
    agent,
    from,
    to: now,
    state: stateOf(estimate, said.length, plan.objective),
    objective: plan.objective,
    estimate: estimate && { estimate: estimate.estimate, low: estimate.low, high: estimate.high },
    verdicts: said.length,
    correct,
    cannotTell: given.length - said.length,
    effective: estimate?.effective ?? 0,
    open,
    successes: days.reduce((sum, day) => sum + day.seen, 0),
    coverage: estimate?.coverage ?? 0,
    more: estimate && moreToSettle(estimate, said.length, plan.objective),
    judge: judgeOf(plan, said, days),
    watch: {
      ...watchOf(cusum, truths(input.verdicts)),
      falseAlarmIn: Math.round(cusum.falseAlarmIn),
      tunedTo: cusum.p1,
    },
    verdictsADay: input.verdicts.filter((row) => row.judged_at >= now - PACE_MS).length / (PACE_MS / DAY_MS),
    rehearsal,
  };
}

/** Verdicts that say correct or incorrect. */
export function* truths(verdicts: Iterable<Pick<VerdictRow, 'verdict'>>): Generator<boolean> {
  for (const { verdict } of verdicts) if (verdict !== 'cannot-tell') yield verdict === 'correct';
}

function classesOf(said: readonly VerdictRow[], days: readonly SampleDayRow[]): ClassVerdicts[] {
  const nameOf = (row: { type: string; class: string }): string => `${row.class} ${row.type}`;
  const seen = Map.groupBy(days, nameOf);
  const judged = Map.groupBy(said, nameOf);
  return [...new Set([...seen.keys(), ...judged.keys()])].map((name) => ({
    successes: (seen.get(name) ?? []).reduce((sum, day) => sum + day.seen, 0),
    verdicts: (judged.get(name) ?? []).map(({ verdict, chance }) => ({ correct: verdict === 'correct', chance })),
  }));
}

function stateOf(estimate: Estimate | null, verdicts: number, objective: number): CorrectnessState {
  if (estimate === null) return 'not-enough-data';
  // A few verdicts that are nearly all bad are no lack of data.
  if (estimate.high < objective) return 'below';
  if (verdicts < ENOUGH_VERDICTS) return 'not-enough-data';
  return estimate.low > objective ? 'above' : 'unsettled';
}

function judgeOf(
  { judge }: SamplePlan,
  said: readonly VerdictRow[],
  days: readonly SampleDayRow[],
): JudgeStanding | null {
  if (judge === null) return null;
  const scored = days.reduce((sum, day) => sum + day.scored, 0);
  const passed = days.reduce((sum, day) => sum + day.passed, 0);
  const agreement: Agreement = { passedCorrect: 0, refusedCorrect: 0, passedIncorrect: 0, refusedIncorrect: 0 };
  for (const row of said) {
    if (row.score === null) continue;
    const { ok, model } = judgeScoreSchema.parse(JSON.parse(row.score));
    // Another model is another judge.
    if (model !== judge.model) continue;
    if (row.verdict === 'correct') agreement[ok ? 'passedCorrect' : 'refusedCorrect'] += 1;
    else agreement[ok ? 'passedIncorrect' : 'refusedIncorrect'] += 1;
  }
  const calibrated = calibrate(scored, passed, agreement);
  return {
    model: judge.model,
    score: rateOf(passed, scored),
    agreement,
    corrected: calibrated.ok ? calibrated.value : null,
    why: calibrated.ok ? null : calibrated.why,
  };
}
