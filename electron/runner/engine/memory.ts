import type { AgentDefinition } from '#contract/agent.ts';
import type { Control } from '../../store/lane.ts';
import type { Steps } from '../../store/step.ts';
import type { RunnableRow, Tasks } from '../../store/task.ts';
import { readStored } from '../definition/index.ts';
import { type Lane, newLane, openControl, servedBy } from './lane.ts';
import type { Pool } from './pool.ts';
import { type Running, runningOf } from './running.ts';

export type MemoryOptions = {
  tasks: Tasks;
  steps: Steps;
  control: Control;
  pool(): Pool;
  now(): number;
  log(message: string): void;
};

/** What the desk holds in memory of lanes, of tasks that run and of definitions. It follows the commits. */
export function createMemory(options: MemoryOptions) {
  const { tasks, steps, control, now } = options;
  const lanes = new Map<string, Lane>();
  const running = new Map<number, Running>();
  const definitions = new Map<string, AgentDefinition>();
  /** Runs as they were before the commit under way changed them. */
  let before = new Map<number, Running>();

  function laneOf(agent: string): Lane {
    let lane = lanes.get(agent);
    if (!lane) {
      lane = newLane(agent, openControl(agent), now());
      lanes.set(agent, lane);
    }
    return lane;
  }

  function definitionOf(hash: string | null): AgentDefinition | undefined {
    if (hash === null) return undefined;
    const known = definitions.get(hash);
    if (known) return known;
    const body = control.definition(hash);
    if (body === undefined) return undefined;
    const read = readStored(body);
    if (read.definition === null) {
      options.log(`the definition ${hash} cannot be read (${read.why}): its tasks run the one in force`);
      return undefined;
    }
    definitions.set(hash, read.definition);
    return read.definition;
  }

  function rebuildLanes(): void {
    for (const lane of lanes.values()) {
      Object.assign(lane, { queued: 0, running: 0, waiting: 0, control: openControl(lane.agent) });
    }
    for (const row of control.lanes()) laneOf(row.agent).control = row;
    for (const count of tasks.counts()) {
      const lane = laneOf(count.agent);
      if (count.state === 'queued') lane.queued += count.n;
      else lane.waiting += count.n;
    }
  }

  function rebuildRun(row: RunnableRow, known: Running | undefined): void {
    const definition = definitionOf(row.definition) ?? known?.definition ?? laneOf(row.agent).definition ?? undefined;
    if (definition === undefined) return;
    const run = before.get(row.id) ?? known ?? runningOf(row, definition);
    // What a refused commit had added is taken back, what a dead desk had journaled is found again.
    const calls = steps.callsOf(row.id, row.attempts);
    run.costUsd = row.cost_usd + calls.usd;
    run.tokensIn = row.tokens_in + calls.tokensIn;
    run.tokensOut = row.tokens_out + calls.tokensOut;
    run.childrenUsd = row.children_usd;
    run.cancelling = row.cancelling === 1;
    running.set(row.id, run);
    laneOf(row.agent).running += 1;
    options.pool().get(run.worker)?.assigned.add(row.id);
  }

  return {
    lanes,
    running,
    laneOf,
    definitionOf,
    /** Before a commit changes what memory holds of a run: a rollback puts it back. */
    remember(run: Running): void {
      if (!before.has(run.id)) before.set(run.id, { ...run });
    },
    /** Inside a commit: it leaves its worker as it is, and nothing of it changes any more. */
    leave(run: Running): void {
      if (!before.has(run.id)) before.set(run.id, run);
      running.delete(run.id);
    },
    /** Puts definitions in force for new attempts; the lane of one that is gone keeps its tasks. */
    define(current: AgentDefinition[]): void {
      for (const lane of lanes.values()) Object.assign(lane, { definition: null, leaving: servedBy(lane) });
      for (const definition of current) {
        definitions.set(definition.hash, definition);
        Object.assign(laneOf(definition.name), { definition, leaving: null });
      }
    },
    /** The commit is durable: what it changed stays. */
    keep(): void {
      if (before.size > 0) before = new Map();
    },
    /** Memory from the disk: at the start, and after a refused commit. */
    rebuild(): void {
      rebuildLanes();
      const known = new Map(running);
      running.clear();
      for (const worker of options.pool().all()) {
        worker.assigned.clear();
        worker.defined.clear();
        worker.outbox = [];
      }
      for (const row of tasks.running()) rebuildRun(row, known.get(row.id));
      for (const lane of lanes.values()) {
        if (servedBy(lane) === null) lane.leaving = definitionOf(control.newestDefinition(lane.agent)) ?? null;
      }
      before = new Map();
    },
  };
}
export type Memory = ReturnType<typeof createMemory>;
