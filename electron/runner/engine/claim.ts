import type { AgentDefinition } from '#contract/agent.ts';
import type { StepRow, Steps } from '../../store/step.ts';
import type { RunnableRow, Tasks } from '../../store/task.ts';
import type { Isolation } from './isolation.ts';
import { concurrencyOf, type Lane, servedBy } from './lane.ts';
import type { Worker } from './pool.ts';
import type { DeskMessage, JournalEntry } from './protocol.ts';
import { countFailedCall, type Running, runningOf } from './running.ts';
import type { TurnDesk } from './turn.ts';

/** Claims of one commit for one worker: more would hold the commit up. */
const CLAIM_BATCH = 256;
/** Tasks of one claim that are sent to wait for their turn; the rest is met by the next claim. */
const HOLD_BATCH = 1_000;

export type ClaimOptions = {
  lanes: ReadonlyMap<string, Lane>;
  tasks: Tasks;
  steps: Steps;
  now(): number;
  slots: number;
  turns: TurnDesk;
  isolation: Isolation;
  /** Sleeps of a task that are over. @returns its steps as they are then */
  woken(rows: StepRow[]): StepRow[];
  /** Claims are to be tried again soon: the queue was not read to its end. */
  again(): void;
  definitionOf(hash: string | null): AgentDefinition | undefined;
  post(worker: Worker, message: DeskMessage): void;
  onClaimed(run: Running, lane: Lane): void;
  /** Whether a closed lane may start one task, to probe what it was closed for. */
  probes(lane: Lane): boolean;
  /** The integrations that an attempt which starts now is to probe. */
  takeProbes(agent: string, task: number): string[];
};

/**
 * Fills the free slots of workers: from every open lane in turn, by priority, then age, within the agent's concurrency,
 * each worker with its share. Suspects go first, to workers that stand apart.
 * @returns a function to call inside a commit
 */
export function claimFor(options: ClaimOptions): (workers: Iterable<Worker>) => void {
  /** Which lane, and which worker, is served first. */
  let turn = 0;
  let first = 0;

  function claimable(lane: Lane): number {
    if (servedBy(lane) === null || lane.queued <= 0) return 0;
    // An intake that waits for an integration lets its probe through, and nothing else.
    if (lane.control.intake !== 'open') return options.probes(lane) ? 1 : 0;
    return Math.min(lane.queued, concurrencyOf(lane) - lane.running);
  }

  /** @returns the definition that the attempt runs under */
  function start(worker: Worker, lane: Lane, row: RunnableRow, current: AgentDefinition, at: number): string {
    const definition = options.definitionOf(row.definition) ?? current;
    const run = runningOf(row, definition);
    run.attempt += 1;
    run.epoch += 1;
    run.worker = worker.name;
    run.startedAt = row.started_at ?? at;
    run.claimedAt = at;
    const rows = row.attempts === 0 && row.origin === null ? [] : options.woken(options.steps.ofTask(row.id));
    for (const each of rows)
      if (each.state === 'failed' && each.call !== null) countFailedCall(run, providerOf(each.call));
    lane.queued -= 1;
    lane.running += 1;
    worker.assigned.add(row.id);
    options.onClaimed(run, lane);
    if (!worker.defined.has(definition.hash)) {
      worker.defined.add(definition.hash);
      options.post(worker, { t: 'define', definition });
    }
    options.post(worker, {
      t: 'start',
      task: row.id,
      epoch: run.epoch,
      attempt: run.attempt,
      agent: row.agent,
      definition: definition.hash,
      input: row.input,
      identity: row.key ?? `${row.id}@${row.accepted_at}`,
      journal: rows.filter((each) => each.state !== 'failed').map(entryOf),
      nextSeq: (rows.at(-1)?.seq ?? -1) + 1,
      probes: options.takeProbes(row.agent, row.id),
    });
    return definition.hash;
  }

  /** Starts up to `wanted` tasks of a lane; those whose turn has not come are passed over. @returns how many */
  function fill(worker: Worker, lane: Lane, current: AgentDefinition, wanted: number): number {
    const at = options.now();
    let started = 0;
    let held = 0;
    while (started < wanted) {
      if (held >= HOLD_BATCH) {
        options.again();
        break;
      }
      const asked = wanted - started;
      const rows =
        lane.definition === null
          ? options.tasks.runnablePinned(lane.agent, asked)
          : options.tasks.runnable(lane.agent, asked);
      const claimed = new Map<string, number[]>();
      for (const row of rows) {
        if (options.isolation.admits(row, lane) && options.turns.admits(row)) {
          const definition = start(worker, lane, row, current, at);
          const ids = claimed.get(definition);
          // Whether the next one's turn has come is read from the table: this one must stand there as running.
          if (row.per !== null) options.tasks.claim([row.id], worker.name, at, definition);
          else if (ids) ids.push(row.id);
          else claimed.set(definition, [row.id]);
          started += 1;
        } else {
          held += 1;
        }
      }
      for (const [definition, ids] of claimed) options.tasks.claim(ids, worker.name, at, definition);
      if (rows.length < asked) break;
    }
    return started;
  }

  function fillFrom(lanes: Lane[], worker: Worker, most: number): void {
    let free = most;
    turn = (turn + 1) % Math.max(1, lanes.length);
    for (let i = 0; i < lanes.length && free > 0; i += 1) {
      const lane = lanes[(turn + i) % lanes.length];
      const serving = lane && servedBy(lane);
      if (!lane || !serving) continue;
      const able = Math.min(claimable(lane), free);
      const wanted = able > 0 ? Math.min(able, options.turns.allowance(lane)) : 0;
      if (wanted <= 0) continue;
      const started = fill(worker, lane, serving, wanted);
      options.turns.started(lane, started);
      free -= started;
    }
  }

  /** Gives a worker that stands apart its suspects, once. */
  function fillApart(lanes: Lane[], worker: Worker): void {
    const takes = Math.min(options.isolation.takes(worker), options.slots);
    for (const lane of lanes) {
      const serving = servedBy(lane);
      while (serving && worker.served < takes && lane.running < concurrencyOf(lane)) {
        const row = options.turns.allowance(lane) < 1 ? undefined : options.isolation.next(lane, worker);
        if (!row) break;
        if (!options.turns.admits(row)) continue;
        worker.served += 1;
        const at = options.now();
        options.tasks.claim([row.id], worker.name, at, start(worker, lane, row, serving, at));
        options.turns.started(lane, 1);
      }
    }
  }

  return (workers) => {
    const lanes = [...options.lanes.values()];
    const shared: Worker[] = [];
    for (const worker of workers) {
      if (!worker.ready) continue;
      if (worker.kind === 'shared') shared.push(worker);
      else if (worker.served === 0) fillApart(lanes, worker);
    }
    let able = 0;
    for (const lane of lanes) able += Math.max(0, claimable(lane));
    if (able === 0) return;
    // None takes more than its share of what runs and of what can start.
    const held = shared.reduce((sum, worker) => sum + worker.assigned.size, 0);
    const share = Math.ceil((held + able) / shared.length);
    first = (first + 1) % Math.max(1, shared.length);
    for (const worker of [...shared.slice(first), ...shared.slice(0, first)]) {
      const most = Math.min(options.slots, share) - worker.assigned.size;
      if (most > 0) fillFrom(lanes, worker, Math.min(most, CLAIM_BATCH));
    }
  };
}

function providerOf(call: string): string {
  return (JSON.parse(call) as { provider: string }).provider;
}

function entryOf(row: StepRow): JournalEntry {
  return {
    seq: row.seq,
    attempt: row.attempt,
    name: row.name,
    kind: row.kind,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    fingerprint: row.fingerprint,
    effectKey: row.effect_key,
    request: row.request,
    result: row.result,
    error: null,
    call: null,
  };
}
