/*
 * Objectives: what a team promises of an agent, and how it stands against it. burn.ts, verdict.ts, forecast.ts, standing.ts and
 * replay.ts are pure; in-force.ts knows which objective holds, watch.ts keeps the windows that its rules look at.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Objective as FileObjective } from '#contract/agent.ts';
import type { AuditWrite } from '#contract/audit.ts';
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
  rollups(): Pick<LiveRollups, 'buckets' | 'history' | 'sum'>;
  snapshot(): Pick<RuntimeSnapshot, 'agents' | 'spends'>;
  /** Agents of other runtimes, by name. */
  foreign(): ReadonlyMap<string, { runtime: string }>;
  /** Tasks of an agent in flight past their deadline; null when that could not be counted. */
  overdueOf(agent: string): number | null;
  /** Why nothing is known of an agent; undefined while something is. */
  unknownOf(agent: { name: string; runtime: string }): unknown;
  now(): number;
  audit: AuditWrite;
  onChange(): void;
};

type Agent = { name: string; runtime: string; objective: FileObjective | null };

export type ObjectivePart = SignalSource & {
  /** Reads what was set. */
  load(): void;
  /** Looks at the agents' files again. */
  refresh(): void;
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
  const rollups: Pick<LiveRollups, 'buckets' | 'history' | 'sum'> = {
    buckets: (...place) => options.rollups().buckets(...place),
    history: (...place) => options.rollups().history(...place),
    sum: (...place) => options.rollups().sum(...place),
  };
  function agents(): Agent[] {
    const others = [...options.foreign()].map(([name, { runtime }]) => ({ name, runtime, objective: null }));
    return [...snapshot().agents, ...others];
  }
  const inForce = createInForce({
    store,
    changes: prepareChanges(db),
    commit: options.commit,
    agents,
    now,
    audit: options.audit,
  });
  const watch = createWatch({
    rollups,
    bodies,
    agents,
    spends: () => snapshot().spends,
    isUnknown: (agent) => options.unknownOf(agent) !== undefined,
    inForce: inForce.inForce,
    passed: () => performance.now(),
  });
  const hours = createHours({ rollups, bodies });
  // Of its own: what is tried out must not throw away what is known of what is in force.
  const triedHours = createHours({ rollups, bodies });
  const preview = createPreview({ rollups, bodies, hours: triedHours, now });

  function standingNow(agent: Agent): ObjectiveStanding {
    const { name } = agent;
    const at = now();
    const objective = inForce.inForce(name);
    const overdue = options.overdueOf(name);
    return standingOf({
      objective,
      hours: hours.since(name, objective.failure, at - spanOf(objective), at),
      windows: watch.counts(name, at).success,
      overdue: overdue ?? 0,
      cost: watch.forecast(name, at),
      stale: overdue === null || options.unknownOf(agent) !== undefined,
      now: at,
    });
  }

  function standing(name: string): Result<ObjectiveStanding> {
    const agent = agents().find((each) => each.name === name);
    if (agent !== undefined) return succeed(standingNow(agent));
    return fail('NOT_FOUND', `There is no agent "${name}".`, {
      kept: 'Nothing was changed.',
      todo: 'Look at the list of agents: nightdesk status',
      where: 'agent',
    });
  }

  return {
    load: inForce.load,
    refresh: inForce.refresh,
    inForce: inForce.inForce,
    at: inForce.at,
    touch(agent, start) {
      watch.touch(agent, start);
      hours.touch(agent, start);
      triedHours.touch(agent, start);
    },
    signals: watch.signals,
    standing,
    async standings() {
      const found: ObjectiveStanding[] = [];
      for (const agent of agents()) {
        found.push(standingNow(agent));
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
      return standing(change.agent);
    },
    async clear(agent, by) {
      const cleared = await inForce.clear(agent, by);
      if (!cleared.ok) return cleared;
      options.onChange();
      return standing(agent);
    },
  };
}
