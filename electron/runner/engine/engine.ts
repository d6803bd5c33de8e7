import type { AgentDefinition } from '#contract/agent.ts';
import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import type { Result } from '#contract/errors.ts';
import type { RuntimeEvent } from '#contract/runtime.ts';
import type { Submit } from '#contract/task.ts';
import type { Committer } from '../../store/committer.ts';
import type { Family } from '../../store/family.ts';
import type { Control } from '../../store/lane.ts';
import type { Questions } from '../../store/question.ts';
import type { Steps } from '../../store/step.ts';
import { type Tasks, taskNumber } from '../../store/task.ts';
import type { Turns } from '../../store/turn.ts';
import { acceptInto } from './accept.ts';
import { createCancelling } from './cancel.ts';
import { claimFor } from './claim.ts';
import { createDelivery } from './delivery.ts';
import { DISK_RETRY_MS, watchDisk } from './disk.ts';
import { createDue } from './due.ts';
import { createFamily } from './family.ts';
import type { EngineGuards } from './guards.ts';
import { blameFor, createIsolation } from './isolation.ts';
import { createJournaling } from './journaling.ts';
import type { Lane } from './lane.ts';
import { createMemory } from './memory.ts';
import { createParking } from './park.ts';
import { createPlaces } from './places.ts';
import type { Pool, Worker } from './pool.ts';
import { createPromoting } from './promoting.ts';
import { createReceiving } from './receiving.ts';
import { createResolving } from './resolve.ts';
import { parentOf } from './running.ts';
import { createSubmitting } from './submitting.ts';
import { createTurns } from './turn.ts';

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
  audit: AuditWrite;
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
  const memory = createMemory(options);
  const { lanes, running, laneOf, definitionOf } = memory;
  const disk = watchDisk(committer, options.onDisk);
  const delivery = createDelivery({
    flush: () => options.pool().flush(),
    look: () => isolation.look(),
    emit: options.emit,
  });
  const due = createDue({
    now,
    passed: options.passed,
    next: tasks.nextDue,
    shiftSpans: options.family.shiftSpans,
    onDue: () => promoting.promoteDue(),
  });
  const places = createPlaces(laneOf, delivery);
  let closed = false;

  /** Memory from the disk: at the start, and after a refused commit. */
  function rebuild(): void {
    memory.rebuild();
    delivery.drop();
    turns.rebuild();
    isolation.rebuild();
    parking.rebuild();
    due.rebuild();
  }

  /** After a commit: tell workers and listeners what is now durable. */
  function deliver(): void {
    memory.keep();
    delivery.deliver();
  }

  function mendClock(): void {
    due.mendClock(delivery.after);
  }

  function commit<T>(work: () => T): Promise<T> {
    return committer.commit(work, rebuild);
  }

  /** A change that makes tasks runnable: commit it, and let every idle worker claim in the same commit. */
  function change(work: () => void): void {
    commit(() => {
      work();
      claimAll();
    }).then(deliver, (error: unknown) => {
      disk.refused(error);
      setTimeout(() => {
        if (!closed) change(work);
      }, DISK_RETRY_MS);
    });
  }

  function claimAll(): void {
    claim(options.pool().all());
  }

  const turns = createTurns({
    turns: options.turns,
    now,
    wakeAt: due.wakeAt,
    onMoved: (id, agent, to) => places.move(id, laneOf(agent), to),
  });

  const isolation = createIsolation({ tasks, lanes, pool: options.pool, onMoved: places.move });

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
      delivery.lane(lane);
      delivery.task(run.id, run.agent);
    },
  });

  /** What parking and resolving do: one durable change, with the claims it makes possible. */
  const people = {
    tasks,
    steps,
    now,
    audit: options.audit,
    onDiskRefused: disk.refused,
    async commit<T>(work: () => T): Promise<T> {
      const value = await commit(() => {
        const done = work();
        claimAll();
        return done;
      });
      deliver();
      return value;
    },
  };
  const parking = createParking({
    ...people,
    questions: options.questions,
    rehearsal: options.rehearsal,
    onRequeued: places.woken,
  });
  const resolving = createResolving({
    ...people,
    onQueued: places.requeued,
    onEnded(id, origin, ended) {
      delivery.event(...ended);
      family.ended(id, parentOf(origin));
    },
  });

  const accept = acceptInto({
    tasks,
    family: options.family,
    lanes,
    rehearsal: options.rehearsal,
    onAccepted(id, lane) {
      delivery.lane(lane);
      delivery.task(id, lane.agent);
    },
    wakeAt: due.wakeAt,
  });

  const family = createFamily({
    family: options.family,
    tasks,
    steps,
    now,
    accept,
    checkInput: options.checkInput,
    onRequeued: places.woken,
  });

  const cancel = createCancelling({
    tasks,
    family: options.family,
    familyDesk: family,
    running,
    remember: memory.remember,
    pool: options.pool,
    now,
    commit: people.commit,
    log: options.log,
    onCancelled(row, by, ended) {
      places.left(row);
      turns.left(row);
      parking.close(row.id, by);
      delivery.event(...ended);
    },
  });

  const { journal, finish } = createJournaling({
    tasks,
    steps,
    family,
    memory,
    delivery,
    guards,
    turns,
    parking,
    pool: options.pool,
    now,
    random: options.random,
    mendClock,
    wakeAt: due.wakeAt,
  });

  const promoting = createPromoting({ tasks, due, now, mendClock, change, onPromoted: places.promoted });
  const submit = createSubmitting({ accept, claimAll, commit, deliver, onDiskRefused: disk.refused, now });

  const { receive, called } = createReceiving({
    running,
    steps,
    family,
    guards,
    pool: options.pool,
    journal,
    finish,
    commit: (work) =>
      commit(() => {
        work();
        claimAll();
      }),
    after: delivery.after,
    deliver,
    onDiskRefused: disk.refused,
    closed: () => closed,
  });

  return {
    lanes,
    laneOf,
    running,
    submit,
    receive,
    called,
    change,
    commit,
    deliver,
    markDirty: (lane: Lane): void => {
      delivery.lane(lane);
    },
    /** Puts definitions in force for new attempts; the lane of one that is gone keeps its tasks. */
    define(current: AgentDefinition[]): void {
      const at = now();
      memory.define(current);
      change(() => {
        for (const definition of current) {
          control.writeDefinition(definition.hash, definition.name, JSON.stringify(definition), at);
        }
      });
    },
    /** At the start: memory from the disk, and every task that a dead desk left running goes back to the queue. */
    recover(): void {
      rebuild();
      due.seen(tasks.newestMoment());
      change(() => {
        mendClock();
        for (const run of [...running.values()]) {
          finish(run, { kind: 'lost', blame: 'none', why: 'the desk stopped while it ran' }, []);
        }
      });
    },
    /** The clock was set: what is due by now is due. */
    lookAgain(): void {
      due.look();
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
    diskRefused: disk.refused,
    promoteDeferred: promoting.promoteDeferred,
    promoteBudget: promoting.promoteBudget,
    parking,
    resolving,
    /** Inside a commit: a task that had ended, and one that waited, is queued again. */
    requeued: places.requeued,
    woken: places.woken,
    /**
     * Cancels a task wherever it stands, and those that it spawned, and writes what goes with it in the same commit. It
     * rejects when the disk refuses.
     * @returns false when it had ended before
     */
    cancel: (id: string, by: Actor, alongside: () => void): Promise<boolean> => cancel(taskNumber(id), by, alongside),
    /** Tells listeners with the next delivery. */
    emitSoon(event: RuntimeEvent): void {
      delivery.event(event);
      setImmediate(deliver);
    },
    close(): void {
      closed = true;
      due.close();
      disk.close();
      parking.stop();
      isolation.close();
      committer.flush();
    },
  };
}
export type Engine = ReturnType<typeof createEngine>;
