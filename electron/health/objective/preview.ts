import { setImmediate as nextTurn } from 'node:timers/promises';
import { writeSpan } from '#contract/basic.ts';
import type { Rate } from '#contract/health.ts';
import type { Objective, ObjectivePreview } from '#contract/objective.ts';
import type { RollupSpan } from '../../store/rollup.ts';
import type { Bucket, Counts as BucketCounts } from '../indicator/bucket.ts';
import { DAY_MS, MINUTE_MS } from '../indicator/rollups.ts';
import { countOf, valueAt } from '../indicator/spread.ts';
import { rateOf } from '../indicator/wilson.ts';
import { countsByStart, type Hours } from './hours.ts';
import { createReplay } from './replay.ts';
import { tallyOf } from './ring.ts';
import { latencyVerdict, rateFrom, verdictOf } from './verdict.ts';
import { sameSwitches } from './words.ts';

/** What is replayed of the past: a month. */
const REPLAY_MS = 30 * DAY_MS;
/** Minutes that were read stand for so long: a person tries one objective after the other. */
const KEEP_MS = 60_000;
/** Minutes that are replayed before the desk may do something else. */
const MINUTES_A_TURN = 2_000;

export type PreviewOptions = {
  rollups: { sum(span: RollupSpan, agent: string, from: number, now: number): Bucket };
  bodies(span: RollupSpan, agent: string, from: number, to: number): { start: number; body: string }[];
  hours: Hours;
  now(): number;
};

type Past = { agent: string; readAt: number; first: number; minutes: Map<number, BucketCounts[]> };

/** What another objective would have done with an agent's past. */
export function createPreview(options: PreviewOptions) {
  const { rollups, hours } = options;
  let past: Past | undefined;

  /** A day at a time: a month of minutes takes its time to read, and tasks go on beside it. */
  async function read(agent: string, now: number): Promise<Past> {
    if (past?.agent === agent && now - past.readAt < KEEP_MS && now >= past.readAt) return past;
    const found: Past = { agent, readAt: now, first: now, minutes: new Map() };
    for (let from = now - REPLAY_MS; from < now; from += DAY_MS) {
      for (const [start, counts] of countsByStart(options.bodies('minute', agent, from, from + DAY_MS))) {
        found.minutes.set(start, counts);
        found.first = Math.min(found.first, start);
      }
      await nextTurn();
    }
    past = found;
    return found;
  }

  return async function preview(agent: string, objective: Objective, inForce: Objective): Promise<ObjectivePreview> {
    const now = options.now();
    const { minutes, first } = await read(agent, now);
    const { success, p95Ms, windowMs, failure } = objective;
    // Counted as slow or within is what the bound in force made of it.
    const exact = p95Ms === inForce.p95Ms;
    const replay = createReplay({ success, p95Ms, latency: exact });
    const last = Math.floor(now / MINUTE_MS);
    for (let minute = Math.floor(first / MINUTE_MS); minute <= last; minute += 1) {
      const counts = minutes.get(minute * MINUTE_MS);
      replay.step(minute, counts && tallyOf(counts, failure));
      if (minute % MINUTES_A_TURN === 0) await nextTurn();
    }
    const { ended, within } = windowCounts(agent, objective, now);
    return {
      objective,
      from: first,
      to: now,
      success: ended,
      verdict: verdictOf(ended, success),
      latency: p95Ms === null ? null : latencyOf(exact ? within : estimate(agent, p95Ms, now - windowMs, now), exact),
      ...replay.result(),
      resolutionMs: MINUTE_MS,
      notes: notesOf(objective, inForce, exact),
    };
  };

  function windowCounts(agent: string, { failure, windowMs }: Objective, now: number): { ended: Rate; within: Rate } {
    const counts = { good: 0, bad: 0 };
    const latency = { good: 0, bad: 0 };
    for (const hour of hours.since(agent, failure, now - windowMs, now)) {
      counts.good += hour.good;
      counts.bad += hour.bad;
      latency.good += hour.within;
      latency.bad += hour.late;
    }
    return { ended: rateFrom(counts), within: rateFrom(latency) };
  }

  /** How many ended within a bound that was not in force, by the sketch: its values are right to 1 %. */
  function estimate(agent: string, boundMs: number, from: number, now: number): Rate {
    const { latency } = rollups.sum('day', agent, from, now);
    const count = countOf(latency);
    if (count === 0) return rateOf(0, 0);
    if (valueAt(latency, 1) <= boundMs) return rateOf(count, count);
    // The least quantile above the bound; its rank is how many lie below.
    let [low, high] = [0, 1];
    for (let halving = 0; halving < 24; halving += 1) {
      const middle = (low + high) / 2;
      if (valueAt(latency, middle) <= boundMs) low = middle;
      else high = middle;
    }
    return rateOf(Math.round(low * (count - 1)), count);
  }
}

function latencyOf(within: Rate, exact: boolean): ObjectivePreview['latency'] {
  return { verdict: latencyVerdict(within), within, exact };
}

function notesOf({ p95Ms, failure }: Objective, inForce: Objective, exact: boolean): string[] {
  const then = inForce.p95Ms === null ? 'no bound' : writeSpan(inForce.p95Ms);
  return [
    ...(exact || p95Ms === null
      ? []
      : [`How many keep p95 ${writeSpan(p95Ms)} is estimated to 1 %, and makes no tickets here.`]),
    ...(!exact && failure.includes('slow') ? [`Slow is what was slow by the bound in force: ${then}.`] : []),
    ...(sameSwitches(failure, inForce.failure) ? [] : ['What counts as failure differs from what is in force.']),
  ];
}
