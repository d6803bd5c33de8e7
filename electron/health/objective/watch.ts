import type { Spend } from '#contract/integration.ts';
import type { ObjectiveInForce } from '#contract/objective.ts';
import type { RollupSpan } from '../../store/rollup.ts';
import type { Signal } from '../alert/rules.ts';
import { HOUR_MS, MINUTE_MS } from '../indicator/rollups.ts';
import { BURN_WINDOWS } from './burn.ts';
import { type Forecast, forecastCost } from './forecast.ts';
import { type Buckets, countsByStart } from './hours.ts';
import { createRing, latencyCounts, type Ring, tallyOf } from './ring.ts';
import { type AgentCounts, forecastSignal, objectiveSignals } from './signals.ts';
import { sameSwitches } from './words.ts';

const MINUTE_WINDOWS = {
  '5m': BURN_WINDOWS['5m'],
  '15m': BURN_WINDOWS['15m'],
  '30m': BURN_WINDOWS['30m'],
  '1h': BURN_WINDOWS['1h'],
  '2h': BURN_WINDOWS['2h'],
  '6h': BURN_WINDOWS['6h'],
};
const HOUR_WINDOWS = { '1d': BURN_WINDOWS['1d'] / 60, '3d': BURN_WINDOWS['3d'] / 60 };
/** Minutes that the rollups hold in memory, and may be newer there than on the disk. */
const HELD_MINUTES = 120;
/** A tick begins to watch agents for at most this long, ms: the others follow with the next one. */
const LOAD_MS = 40;
/** A forecast stands for so long, and a tick makes so many at most. */
const FORECAST = { everyMs: 60_000, aTick: 50 };

export type WatchOptions = {
  rollups: Buckets;
  bodies(span: RollupSpan, agent: string, from: number, to: number): { start: number; body: string }[];
  agents(): { name: string; runtime: string }[];
  spends(): readonly Spend[];
  /** Whether nothing can be said of an agent now. */
  isUnknown(agent: { name: string; runtime: string }): boolean;
  inForce(agent: string): ObjectiveInForce;
  /** A clock that nobody sets, ms. */
  passed(): number;
};

type Watched = {
  objective: ObjectiveInForce;
  minutes: Ring<keyof typeof MINUTE_WINDOWS>;
  hours: Ring<keyof typeof HOUR_WINDOWS>;
  /** What was said last; of which minute, null where something changed since. */
  said: Signal[];
  saidMinute: number | null;
};

/**
 * The windows of every agent, and what the rules of its objective say: judged each second, so that only what ended since, and what
 * left a window with the minute, is looked at.
 */
export function createWatch(options: WatchOptions) {
  const { rollups } = options;
  const watched = new Map<string, Watched>();
  const forecasts = new Map<string, { at: number; signal: Signal }>();
  /** Minutes that changed since the last look, by agent. */
  const touched = new Map<string, Set<number>>();
  let newest = Number.NEGATIVE_INFINITY;

  function begin(objective: ObjectiveInForce, now: number): Watched {
    const { agent, failure } = objective;
    const minutes = createRing(MINUTE_WINDOWS);
    const hours = createRing(HOUR_WINDOWS);
    const found: Watched = { objective, minutes, hours, said: [], saidMinute: null };
    move(found, now);
    for (const [ring, span, spanMs, steps] of [
      [minutes, 'minute', MINUTE_MS, MINUTE_WINDOWS['6h']],
      [hours, 'hour', HOUR_MS, HOUR_WINDOWS['3d']],
    ] as const) {
      const from = (stepOf(now, spanMs) - steps + 1) * spanMs;
      for (const [start, counts] of countsByStart(options.bodies(span, agent, from, now + 1))) {
        ring.set(stepOf(start, spanMs), tallyOf(counts, failure));
      }
    }
    for (let back = 0; back < HELD_MINUTES; back += 1) read(found, now - back * MINUTE_MS, now);
    for (const at of touched.get(agent) ?? []) read(found, at, now);
    touched.delete(agent);
    watched.set(agent, found);
    return found;
  }

  function move({ minutes, hours }: Watched, now: number): void {
    minutes.moveTo(stepOf(now, MINUTE_MS));
    hours.moveTo(stepOf(now, HOUR_MS));
  }

  /** Reads again what ended in a minute, and in its hour. */
  function read({ objective, minutes, hours }: Watched, at: number, now: number): void {
    const { agent, failure } = objective;
    for (const [ring, span, spanMs] of [
      [minutes, 'minute', MINUTE_MS],
      [hours, 'hour', HOUR_MS],
    ] as const) {
      const step = stepOf(at, spanMs);
      const start = step * spanMs;
      const isHeld = at > now - HELD_MINUTES * MINUTE_MS;
      const found = isHeld
        ? [...rollups.buckets(span, agent, start)]
        : rollups.history(span, agent, start, start + spanMs).map(({ bucket }) => bucket);
      if (found.length > 0) ring.set(step, tallyOf(found, failure));
    }
  }

  /** An agent's windows up to now. */
  function look(agent: string, now: number): Watched {
    const objective = options.inForce(agent);
    const found = watched.get(agent);
    if (found === undefined || !sameSwitches(found.objective.failure, objective.failure)) return begin(objective, now);
    if (found.objective !== objective) {
      found.said = [];
      found.saidMinute = null;
    }
    found.objective = objective;
    move(found, now);
    for (const at of touched.get(agent) ?? []) {
      read(found, at, now);
      found.saidMinute = null;
    }
    touched.delete(agent);
    return found;
  }

  /** A clock that was set back leaves windows that reach into the future: they are made anew. */
  function follow(now: number): void {
    if (now < newest - MINUTE_MS) watched.clear();
    newest = now;
  }

  function forecastOf(agent: string, budgetUsd: number, spentUsd: number, now: number): Forecast {
    const costAt = (hour: number): number | undefined => {
      const held = [...rollups.buckets('hour', agent, hour)];
      return held.length === 0 ? undefined : held.reduce((usd, bucket) => usd + bucket.costUsd, 0);
    };
    return forecastCost(costAt, spentUsd, budgetUsd, now);
  }

  function spendSignals(spends: readonly Spend[], now: number): Signal[] {
    let made = 0;
    return spends.flatMap(({ scope, name, usd, budgetUsd }) => {
      if (scope !== 'agent' || budgetUsd === null) return [];
      const before = forecasts.get(name);
      const isOld = before === undefined || now - before.at >= FORECAST.everyMs || now < before.at;
      if (!isOld || made >= FORECAST.aTick) return before === undefined ? [] : [before.signal];
      made += 1;
      const signal = forecastSignal(name, budgetUsd, forecastOf(name, budgetUsd, usd, now));
      forecasts.set(name, { at: now, signal });
      return [signal];
    });
  }

  return {
    /** Something was counted into the minute that begins then. */
    touch(agent: string, start: number): void {
      const known = touched.get(agent);
      if (known === undefined) touched.set(agent, new Set([start]));
      else known.add(start);
    },
    /** The agent's counts by window, now. */
    counts(agent: string, now: number): AgentCounts {
      follow(now);
      return countsOfRings(look(agent, now));
    },
    /** Where its spending goes today; null without a budget. */
    forecast(agent: string, now: number): (Forecast & { budgetUsd: number }) | null {
      const spend = options.spends().find(({ scope, name }) => scope === 'agent' && name === agent);
      if (spend === undefined || spend.budgetUsd === null) return null;
      return { ...forecastOf(agent, spend.budgetUsd, spend.usd, now), budgetUsd: spend.budgetUsd };
    },
    signals(now: number): Signal[] {
      follow(now);
      const minute = stepOf(now, MINUTE_MS);
      const startedAt = options.passed();
      const signals: Signal[] = [];
      for (const agent of options.agents()) {
        const { name } = agent;
        if (!watched.has(name) && options.passed() - startedAt > LOAD_MS) continue;
        const found = look(name, now);
        if (found.saidMinute !== minute) {
          found.said = objectiveSignals(found.objective, countsOfRings(found), found.said);
          found.saidMinute = minute;
        }
        const { said } = found;
        // What is not known neither fires nor is over.
        signals.push(
          ...(options.isUnknown(agent) ? said.map((each) => ({ ...each, event: 'no-data' as const })) : said),
        );
      }
      signals.push(...spendSignals(options.spends(), now));
      return signals;
    },
  };
}

function stepOf(at: number, spanMs: number): number {
  return Math.floor(at / spanMs);
}

function countsOfRings({ minutes, hours }: Watched): AgentCounts {
  const sums = { ...minutes.sums, ...hours.sums };
  return { success: sums, latency: latencyCounts(sums) };
}
