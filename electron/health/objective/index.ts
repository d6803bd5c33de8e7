/*
 * Objectives: what a team promises of an agent, and how it stands against it. burn.ts, verdict.ts, forecast.ts, standing.ts and
 * replay.ts are pure; in-force.ts knows which objective holds, watch.ts keeps the windows that its rules look at.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type {
  Objective,
  ObjectiveChange,
  ObjectiveInForce,
  ObjectivePreview,
  ObjectiveStanding,
} from '#contract/objective.ts';
import type { RuntimeSnapshot } from '#contract/runtime.ts';
import { prepareChanges } from '../../store/change.ts';
import { prepareObjectives } from '../../store/objective.ts';
import type { Database } from '../../store/open.ts';
import type { SignalSource } from '../alert/rules.ts';
import type { LiveRollups } from '../indicator/rollups.ts';
import { createHours } from './hours.ts';
import { createInForce } from './in-force.ts';
import { createPreview } from './preview.ts';
import { spanOf, standingOf } from './standing.ts';
import { createWatch } from './watch.ts';

/** Standings that are made before the desk may do something else. */
const STANDINGS_A_TURN = 20;

export type ObjectivePartOptions = {
  db: Database;
  commit<T>(work: () => T): Promise<T>;
  /** Made after this part, which it asks what is in force. */
  rollups(): Pick<LiveRollups, 'buckets' | 'sum'>;
  snapshot(): RuntimeSnapshot;
  /** Tasks of an agent in flight past their deadline. */
  overdue(agent: string): number;
  now(): number;
  onChange(): void;
};

export type ObjectivePart = SignalSource & {
  load(): void;
  inForce(agent: string): ObjectiveInForce;
  /** What held at a moment. */
  at(agent: string, moment: number): Objective;
  /** A minute of an agent was counted anew. */
  touch(agent: string, start: number): void;
  standing(agent: string): Result<ObjectiveStanding>;
  standings(): Promise<ObjectiveStanding[]>;
  /** What the objective in force, with a change, would have done. */
  preview(change: ObjectiveChange): Promise<Result<ObjectivePreview>>;
  set(change: ObjectiveChange, by: Actor): Promise<Result<ObjectiveStanding>>;
  clear(agent: string, by: Actor): Promise<Result<ObjectiveStanding>>;
};

export function createObjectivePart(options: ObjectivePartOptions): ObjectivePart {
  const { db, snapshot, now } = options;
  const store = prepareObjectives(db);
  const { bodies } = store;
  const rollups: Pick<LiveRollups, 'buckets' | 'sum'> = {
    buckets: (...place) => options.rollups().buckets(...place),
    sum: (...place) => options.rollups().sum(...place),
  };
  const inForce = createInForce({
    store,
    changes: prepareChanges(db),
    commit: options.commit,
    files: () => snapshot().agents,
    now,
  });
  const watch = createWatch({
    rollups,
    bodies,
    snapshot,
    inForce: inForce.inForce,
    passed: () => performance.now(),
  });
  const hours = createHours({ rollups, bodies });
  // Of its own: what is tried out must not throw away what is known of what is in force.
  const preview = createPreview({ rollups, bodies, hours: createHours({ rollups, bodies }), now });

  function standingNow(agent: string): ObjectiveStanding {
    const at = now();
    const objective = inForce.inForce(agent);
    return standingOf({
      objective,
      hours: hours.since(agent, objective.failure, at - spanOf(objective), at),
      windows: watch.counts(agent, at).success,
      overdue: options.overdue(agent),
      cost: watch.forecast(agent, at),
      stale: false,
      now: at,
    });
  }

  function standing(agent: string): Result<ObjectiveStanding> {
    if (snapshot().agents.some(({ name }) => name === agent)) return succeed(standingNow(agent));
    return fail('NOT_FOUND', `There is no agent "${agent}".`, {
      kept: 'Nothing was changed.',
      todo: 'Look at the list of agents: nightdesk status',
      where: 'agent',
    });
  }

  return {
    load: inForce.load,
    inForce: inForce.inForce,
    at: inForce.at,
    touch(agent, start) {
      watch.touch(agent, start);
      hours.touch(agent, start);
    },
    signals(at) {
      inForce.refresh();
      return watch.signals(at);
    },
    standing,
    async standings() {
      const found: ObjectiveStanding[] = [];
      for (const { name } of snapshot().agents) {
        found.push(standingNow(name));
        if (found.length % STANDINGS_A_TURN === 0) await nextTurn();
      }
      return found;
    },
    async preview(change) {
      const wanted = inForce.changed(change);
      return wanted.ok ? succeed(await preview(change.agent, wanted.value, inForce.inForce(change.agent))) : wanted;
    },
    async set(change, by) {
      const wanted = inForce.changed(change);
      if (!wanted.ok) return wanted;
      await inForce.set(change.agent, wanted.value, by);
      options.onChange();
      return succeed(standingNow(change.agent));
    },
    async clear(agent, by) {
      const cleared = await inForce.clear(agent, by);
      if (!cleared.ok) return cleared;
      options.onChange();
      return succeed(standingNow(agent));
    },
  };
}
