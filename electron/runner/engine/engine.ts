import type { AgentDefinition } from '#contract/agent.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result } from '#contract/errors.ts';
import type { RuntimeEvent } from '#contract/runtime.ts';
import { hasEnded, type Submit, type Submitted } from '#contract/task.ts';
import type { Committer } from '../../store/committer.ts';
import type { Family } from '../../store/family.ts';
import type { Control } from '../../store/lane.ts';
import type { Questions } from '../../store/question.ts';
import type { Steps } from '../../store/step.ts';
import { markBits, type Tasks, taskNumber } from '../../store/task.ts';
import type { Turns } from '../../store/turn.ts';
import { readStored } from '../definition/index.ts';
import { paceAfterEnd } from '../guard/pace.ts';
import { messageOf } from '../worker/unwind.ts';
import { acceptInto, type NewTask } from './accept.ts';
import { createCancelling } from './cancel.ts';
import { claimFor } from './claim.ts';
import { createClock } from './clock.ts';
import { endedEvent } from './ended.ts';
import { createFamily } from './family.ts';
import type { EngineGuards } from './guards.ts';
import { createIsolation } from './isolation.ts';
import { type Lane, newLane, openControl, servedBy, viewOf } from './lane.ts';
import { createParking } from './park.ts';
import type { Pool, Worker } from './pool.ts';
import type { Durable, JournalEntry, Passing } from './protocol.ts';
import { createResolving } from './resolve.ts';
import { countFailedCall, parentOf, type Running, runningOf } from './running.ts';
import { type AttemptEnd, settle, type WorkerEnd } from './settle.ts';
import { createTurns } from './turn.ts';

/** A batch of worker messages that the disk refused is tried again after this, ms. */
const DISK_RETRY_MS = 500;
/** After a refusal, whether the disk takes writes again is tried this often, ms. */
const DISK_PROBE_MS = 1_000;
/** Deferred tasks that go back to the queue in one commit. */
const PROMOTE_BATCH = 2_000;
/** A moment far away is looked at this often: laptops sleep and clocks are set, ms. */
const LOOK_MS = 30_000;

export type EngineOptions = {
  committer: Committer;
  tasks: Tasks;
  steps: Steps;
  family: Family;
  control: Control;
  turns: Turns;
  questions: Questions;
  guards: EngineGuards;
  pool(): Pool;
  /** Tasks a worker may hold at once. */
  slots: number;
  now(): number;
  /** Ms on a clock that nobody sets. */
  passed(): number;
  random(): number;
  rehearsal: boolean;
  /** Whether an input fits its agent's schema. */
  checkInput(task: Submit): Result<null>;
  emit(events: RuntimeEvent[]): void;
  /** The disk refuses writes, or takes them again. */
  onDisk(trouble: string | null): void;
  log(message: string): void;
};

/**
 * The durable queue and journal: every change of a task goes through one group commit, memory follows it, and after a
 * refused commit memory is rebuilt from the disk.
 */
export function createEngine(options: EngineOptions) {
  const { committer, tasks, steps, control, guards, now } = options;
  const lanes = new Map<string, Lane>();
  const running = new Map<number, Running>();
  const definitions = new Map<string, AgentDefinition>();
  let events: RuntimeEvent[] = [];
  /** The task whose change was told last, in the delivery under way. */
  let toldLast = 0;
  /** What follows a commit in memory that the disk does not hold. */
  let afterwards: (() => void)[] = [];
  const dirty = new Set<Lane>();
  /** Runs as they were before the commit under way changed them. */
  let before = new Map<number, Running>();
  let dueTimer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let probeTimer: NodeJS.Timeout | undefined;
  let closed = false;

  function laneOf(agent: string): Lane {
    let lane = lanes.get(agent);
    if (!lane) {
      lane = newLane(agent, openControl(agent), now());
      lanes.set(agent, lane);
    }
    return lane;
  }

  /** Memory from the disk: at the start, and after a refused commit. */
  function rebuild(): void {
    for (const lane of lanes.values()) {
      Object.assign(lane, { queued: 0, running: 0, waiting: 0, control: openControl(lane.agent) });
    }
    for (const row of control.lanes()) laneOf(row.agent).control = row;
    for (const count of tasks.counts()) {
      const lane = laneOf(count.agent);
      if (count.state === 'queued') lane.queued += count.n;
      else lane.waiting += count.n;
    }
    const known = new Map(running);
    running.clear();
    for (const worker of options.pool().all()) {
      worker.assigned.clear();
      worker.defined.clear();
      worker.outbox = [];
    }
    for (const row of tasks.running()) {
      const definition =
        definitionOf(row.definition) ?? known.get(row.id)?.definition ?? laneOf(row.agent).definition ?? undefined;
      if (definition === undefined) continue;
      const run = before.get(row.id) ?? known.get(row.id) ?? runningOf(row, definition);
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
    for (const lane of lanes.values()) {
      if (servedBy(lane) === null) lane.leaving = definitionOf(control.newestDefinition(lane.agent)) ?? null;
    }
    owedMs += movedMs;
    movedMs = 0;
    events = [];
    toldLast = 0;
    afterwards = [];
    before = new Map();
    turns.rebuild();
    isolation.rebuild();
    parking.rebuild();
    wakeAt(tasks.nextDue());
  }

  /** With the next delivery: a task has changed. A step and the end that comes with it are one change. */
  function tell(id: number, agent: string): void {
    if (id === toldLast) return;
    toldLast = id;
    events.push({ kind: 'task', id: `t${id}`, agent });
  }

  /** Before a commit changes what memory holds of a run: a rollback puts it back. */
  function remember(run: Running): void {
    if (!before.has(run.id)) before.set(run.id, { ...run });
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

  /** After a commit: tell workers and listeners what is now durable. */
  function deliver(): void {
    before = new Map();
    options.pool().flush();
    const due = afterwards;
    afterwards = [];
    for (const follow of due) follow();
    isolation.look();
    if (dirty.size > 0) {
      for (const lane of dirty) events.push({ kind: 'lane', lane: viewOf(lane) });
      dirty.clear();
    }
    if (events.length === 0) return;
    const batch = events;
    events = [];
    toldLast = 0;
    options.emit(batch);
  }

  function wakeAt(moment: number | null): void {
    if (moment === null || moment >= dueAt || closed) return;
    clearTimeout(dueTimer);
    dueAt = moment;
    dueTimer = setTimeout(promote, Math.max(0, Math.min(moment - now(), LOOK_MS)) + 1);
  }

  function promote(): void {
    dueAt = Number.POSITIVE_INFINITY;
    change(() => {
      mendClock();
      for (const agent of tasks.promoteDue(now())) requeueCount(agent);
      wakeAt(tasks.nextDue());
    });
  }

  function requeueCount(agent: string): void {
    const lane = laneOf(agent);
    lane.waiting -= 1;
    lane.queued += 1;
    dirty.add(lane);
  }

  /** A change that makes tasks runnable: commit it, and let every idle worker claim in the same commit. */
  function change(work: () => void): void {
    committer
      .commit(() => {
        work();
        claimAll();
      }, rebuild)
      .then(deliver, (error: unknown) => {
        diskRefused(error);
        setTimeout(() => {
          if (!closed) change(work);
        }, DISK_RETRY_MS);
      });
  }

  function diskRefused(error: unknown): void {
    options.onDisk(messageOf(error));
    probeTimer ??= setTimeout(probe, DISK_PROBE_MS);
  }

  /** Whether the disk takes writes again, also when nobody has one to make. */
  function probe(): void {
    probeTimer = undefined;
    if (closed) return;
    committer.touch().then(diskTook, diskRefused);
  }

  function diskTook(): void {
    clearTimeout(probeTimer);
    probeTimer = undefined;
    options.onDisk(null);
  }

  const clock = createClock(now, options.passed);
  /** What spans are still to be moved by, ms: a commit that was refused moved nothing. */
  let owedMs = 0;
  let movedMs = 0;

  /** A clock that was set back does not lengthen what sleeps or backs off. */
  function mendClock(): void {
    const setBack = owedMs + clock.setBack();
    if (setBack === 0) return;
    owedMs = 0;
    movedMs += setBack;
    options.family.shiftSpans(-setBack);
    wakeAt(tasks.nextDue());
    afterwards.push(() => {
      movedMs = 0;
    });
  }

  function claimAll(): void {
    claim(options.pool().all());
  }

  const turns = createTurns({
    turns: options.turns,
    now,
    wakeAt,
    onMoved(id, agent, to) {
      const lane = laneOf(agent);
      const one = to === 'queued' ? 1 : -1;
      lane.queued += one;
      lane.waiting -= one;
      dirty.add(lane);
      tell(id, agent);
    },
  });

  const isolation = createIsolation({
    tasks,
    lanes,
    pool: options.pool,
    onMoved(id, lane, to) {
      const one = to === 'queued' ? 1 : -1;
      lane.queued += one;
      lane.waiting -= one;
      dirty.add(lane);
      tell(id, lane.agent);
    },
  });

  const claim = claimFor({
    lanes,
    tasks,
    steps,
    now,
    slots: options.slots,
    turns,
    isolation,
    woken: (rows) => family.woken(rows),
    again: () => setImmediate(() => !closed && change(() => {})),
    definitionOf,
    post: (worker, message) => options.pool().post(worker, message),
    probes: guards.probes,
    takeProbes: guards.takeProbes,
    onClaimed(run, lane) {
      running.set(run.id, run);
      dirty.add(lane);
      tell(run.id, run.agent);
    },
  });

  /** What parking and resolving do: one durable change, with the claims it makes possible. */
  const people = {
    tasks,
    steps,
    now,
    onDiskRefused: diskRefused,
    async commit<T>(work: () => T): Promise<T> {
      const value = await committer.commit(() => {
        const done = work();
        claimAll();
        return done;
      }, rebuild);
      deliver();
      return value;
    },
  };
  const parking = createParking({
    ...people,
    questions: options.questions,
    rehearsal: options.rehearsal,
    onRequeued(id, agent) {
      requeueCount(agent);
      tell(id, agent);
    },
  });
  const resolving = createResolving({
    ...people,
    onQueued(id, agent) {
      const lane = laneOf(agent);
      lane.queued += 1;
      dirty.add(lane);
      tell(id, agent);
    },
    onEnded(id, origin, ended) {
      events.push(...ended);
      family.ended(id, parentOf(origin));
    },
  });

  const accept = acceptInto({
    tasks,
    family: options.family,
    lanes,
    rehearsal: options.rehearsal,
    onAccepted(id, lane) {
      dirty.add(lane);
      tell(id, lane.agent);
    },
    wakeAt,
  });

  const family = createFamily({
    family: options.family,
    tasks,
    steps,
    now,
    accept,
    checkInput: options.checkInput,
    onRequeued(id, agent) {
      requeueCount(agent);
      tell(id, agent);
    },
  });

  const cancel = createCancelling({
    tasks,
    family: options.family,
    familyDesk: family,
    running,
    remember,
    pool: options.pool,
    now,
    commit: people.commit,
    log: options.log,
    onCancelled(row, by, ended) {
      const lane = laneOf(row.agent);
      if (row.state === 'queued') lane.queued -= 1;
      else lane.waiting -= 1;
      turns.left(row);
      parking.close(row.id, by);
      dirty.add(lane);
      events.push(...ended);
    },
  });

  async function submit(batch: NewTask[]): Promise<Result<Submitted>[]> {
    const at = now();
    const results = await committer
      .commit(() => submitAll(batch, at), rebuild)
      .catch((error: unknown) => {
        diskRefused(error);
        const refused = fail('STORAGE', `The task could not be written: ${messageOf(error)}.`, {
          kept: 'Nothing was queued.',
          todo: 'Free space on the disk of the data folder, then submit again with the same key.',
        });
        return batch.map(() => refused);
      });
    deliver();
    return results;
  }

  function submitAll(batch: NewTask[], at: number): Result<Submitted>[] {
    const results = batch.map((one) => accept(one, at));
    claimAll();
    return results;
  }

  /** Applies what a worker sent, in one commit with the claims that fill the slots it freed. */
  function receive(worker: Worker): void {
    if (worker.committing) return;
    worker.committing = true;
    let taken = 0;
    committer
      .commit(() => {
        taken = worker.inbox.length;
        for (const message of worker.inbox) apply(worker, message);
        claimAll();
      }, rebuild)
      .then(
        () => {
          worker.inbox.splice(0, taken);
          worker.committing = false;
          deliver();
          if (worker.inbox.length > 0) receive(worker);
        },
        (error: unknown) => {
          // Nothing is lost: the worker waits for its answers, and the batch is tried again.
          diskRefused(error);
          setTimeout(() => {
            worker.committing = false;
            if (!closed) receive(worker);
          }, DISK_RETRY_MS);
        },
      );
  }

  /** What needs no commit: a gate is answered at once, a tool call is counted. */
  function pass(worker: Worker, message: Passing): void {
    const run = running.get(message.task);
    if (run?.epoch === message.epoch && run.worker === worker.name) guards.passing(run, message);
    else worker.process.send([{ t: 'abort', task: message.task, epoch: message.epoch }]);
  }

  function apply(worker: Worker, message: Durable): void {
    switch (message.t) {
      case 'ready':
        worker.ready = true;
        return;
      case 'beat':
        return;
      case 'journal':
      case 'doubt':
      case 'end': {
        const run = running.get(message.task);
        if (run?.epoch !== message.epoch || run.worker !== worker.name) {
          options.pool().post(worker, { t: 'abort', task: message.task, epoch: message.epoch });
          return;
        }
        applyTo(worker, run, message);
      }
    }
  }

  function applyTo(worker: Worker, run: Running, message: Extract<Durable, { task: number }>): void {
    switch (message.t) {
      case 'journal':
        journal(run, isSpawn(message.entry) ? family.spawned(run, message.entry) : message.entry);
        if (message.ack) {
          options.pool().post(worker, { t: 'ack', task: run.id, epoch: run.epoch, seq: message.entry.seq });
        }
        return;
      case 'doubt':
        steps.markInDoubt(run.id, message.seq);
        return;
      case 'end':
        finish(run, message.ending, message.replayed);
    }
  }

  function journal(run: Running, entry: JournalEntry): void {
    steps.write({
      task: run.id,
      seq: entry.seq,
      attempt: run.attempt,
      name: entry.name,
      kind: entry.kind,
      state: entry.state,
      started_at: entry.startedAt,
      ended_at: entry.endedAt,
      fingerprint: entry.fingerprint,
      effect_key: entry.effectKey,
      request: entry.request,
      result: entry.result,
      error: entry.error && JSON.stringify(entry.error),
      call: entry.call && JSON.stringify(entry.call),
    });
    tell(run.id, run.agent);
    if (entry.call === null || entry.state === 'intent') return;
    const { call } = entry;
    remember(run);
    run.costUsd += call.costUsd;
    run.tokensIn += call.tokensIn;
    run.tokensOut += call.tokensOut;
    if (entry.kind === 'model') run.model = `${call.provider}/${call.model}`;
    if (call.rehearsal) run.marks |= markBits('rehearsal');
    if (entry.error) countFailedCall(run, call.provider);
    if (entry.kind === 'model') {
      const { calls } = laneOf(run.agent);
      calls.set(call.provider, (calls.get(call.provider) ?? 0) + 1);
    }
    guards.spent(run, call);
    afterwards.push(() => guards.called(run, call, entry.error));
  }

  function finish(run: Running, ended: WorkerEnd, replayed: number[]): void {
    mendClock();
    const at = now();
    // It leaves as it is: nothing of it changes any more.
    if (!before.has(run.id)) before.set(run.id, run);
    const end: AttemptEnd = ended.kind === 'until' ? family.waits(run, ended, at) : ended;
    const verdict = settle(run, guards.wouldServe(run, end) ? { kind: 'paused' } : end, at, options.random());
    const { settled } = verdict;
    if (settled.state === 'succeeded') tasks.succeed(settled);
    else tasks.settle(settled);
    steps.writeAttempt({
      task: run.id,
      number: run.attempt,
      worker: run.worker,
      started_at: run.claimedAt,
      ended_at: at,
      outcome: verdict.outcome,
      error: verdict.error && JSON.stringify(verdict.error),
      backoff_ms: verdict.backoffMs,
      replayed: replayed.length > 0 ? JSON.stringify(replayed) : null,
    });
    running.delete(run.id);
    afterwards.push(() => guards.left(run, end));
    options.pool().get(run.worker)?.assigned.delete(run.id);
    const lane = laneOf(run.agent);
    lane.running -= 1;
    if (settled.state === 'queued') lane.queued += 1;
    else if (settled.waitKind !== null) lane.waiting += 1;
    dirty.add(lane);
    if (settled.state !== 'queued' && settled.state !== 'retrying') turns.left(run);
    if (end.kind === 'parked' && settled.waitKind === 'person') parking.park(run, end.question, at);
    wakeAt(settled.runAt);
    tell(run.id, run.agent);
    if (hasEnded(settled.state)) {
      lane.pace = paceAfterEnd(lane.pace, at);
      events.push(endedEvent(run, settled));
      family.ended(run.id, run.parent);
    }
  }

  return {
    lanes,
    laneOf,
    running,
    submit,
    receive,
    pass,
    change,
    commit: <T>(work: () => T): Promise<T> => committer.commit(work, rebuild),
    deliver,
    markDirty: (lane: Lane): void => {
      dirty.add(lane);
    },
    /** Puts definitions in force for new attempts; the lane of one that is gone keeps its tasks. */
    define(current: AgentDefinition[]): void {
      const at = now();
      for (const lane of lanes.values()) Object.assign(lane, { definition: null, leaving: servedBy(lane) });
      for (const definition of current) {
        definitions.set(definition.hash, definition);
        Object.assign(laneOf(definition.name), { definition, leaving: null });
      }
      change(() => {
        for (const definition of current) {
          control.writeDefinition(definition.hash, definition.name, JSON.stringify(definition), at);
        }
      });
    },
    /** At the start: memory from the disk, and every task that a dead desk left running goes back to the queue. */
    recover(): void {
      rebuild();
      // The clock may have been set back while no desk looked: what was written last is in the past.
      owedMs = Math.max(0, tasks.newestMoment() - now());
      change(() => {
        mendClock();
        for (const run of [...running.values()]) {
          finish(run, { kind: 'lost', blame: 'none', why: 'the desk stopped while it ran' }, []);
        }
      });
    },
    /** The clock was set: what is due by now is due. */
    lookAgain(): void {
      clearTimeout(dueTimer);
      promote();
      parking.rebuild();
    },
    /** @param asked the desk itself ended it: no task is to blame */
    workerGone(worker: Worker, reason: string, asked: boolean): void {
      isolation.gone(worker);
      change(() => {
        for (const id of [...worker.assigned]) {
          const run = running.get(id);
          if (run)
            finish(
              run,
              { kind: 'lost', blame: asked ? 'none' : blameFor(worker, id), why: `${worker.name} died (${reason})` },
              [],
            );
        }
      });
    },
    /** A write was refused: it is said, and tried until the disk takes writes again. */
    diskRefused,
    promoteDeferred,
    promoteBudget,
    parking,
    resolving,
    /** Inside a commit: a task that had ended is queued again. */
    requeued(id: number, agent: string): void {
      const lane = laneOf(agent);
      lane.queued += 1;
      dirty.add(lane);
      tell(id, agent);
    },
    /** Inside a commit: a task that waited is queued again. */
    woken(id: number, agent: string): void {
      requeueCount(agent);
      tell(id, agent);
    },
    /**
     * Cancels a task wherever it stands, and those that it spawned, and writes what goes with it in the same commit. It
     * rejects when the disk refuses.
     * @returns false when it had ended before
     */
    cancel: (id: string, by: Actor, alongside: () => void): Promise<boolean> => cancel(taskNumber(id), by, alongside),
    /** Tells listeners with the next delivery. */
    emitSoon(event: RuntimeEvent): void {
      events.push(event);
      setImmediate(deliver);
    },
    close(): void {
      closed = true;
      clearTimeout(dueTimer);
      clearTimeout(probeTimer);
      parking.stop();
      isolation.close();
      committer.flush();
    },
  };

  /** Makes deferred tasks of these agents runnable again, at most `limit` of each. */
  function promoteDeferred(agents: string[], limit: number): void {
    change(() => {
      for (const agent of agents) {
        const promoted = tasks.promoteDeferred(agent, Math.min(limit, PROMOTE_BATCH));
        for (const each of promoted) requeueCount(each);
        if (promoted.length === PROMOTE_BATCH && limit > PROMOTE_BATCH)
          setImmediate(() => promoteDeferred([agent], limit));
      }
    });
  }

  /** Makes tasks that wait for a budget runnable again: there is room, or the gate says for which there is none. */
  function promoteBudget(): void {
    change(() => {
      const promoted = tasks.promoteBudget(PROMOTE_BATCH);
      for (const agent of promoted) requeueCount(agent);
      if (promoted.length === PROMOTE_BATCH) setImmediate(promoteBudget);
    });
  }
}
export type Engine = ReturnType<typeof createEngine>;

function isSpawn(entry: JournalEntry): boolean {
  return entry.kind === 'spawn' && entry.state === 'intent';
}

/** Whether a task that ran on a worker may have killed it. */
function blameFor(worker: Worker, task: number): 'none' | 'suspect' | 'cause' {
  if (worker.culprit !== null) return 'none';
  if (worker.kind === 'shared') return 'suspect';
  return worker.served === 1 && worker.assigned.has(task) ? 'cause' : 'suspect';
}
