import type { Steps } from '../../store/step.ts';
import { DISK_RETRY_MS } from './disk.ts';
import type { FamilyDesk } from './family.ts';
import type { EngineGuards } from './guards.ts';
import type { Pool, Worker } from './pool.ts';
import type { GateQuestion, JournalEntry, Ordered, ToolCalled } from './protocol.ts';
import type { Running } from './running.ts';
import type { WorkerEnd } from './settle.ts';

export type ReceivingOptions = {
  running: ReadonlyMap<number, Running>;
  steps: Steps;
  family: FamilyDesk;
  guards: EngineGuards;
  pool(): Pool;
  /** Inside a commit: a step of an attempt, and its end. */
  journal(run: Running, entry: JournalEntry): void;
  finish(run: Running, ended: WorkerEnd, replayed: number[]): void;
  /** One commit, with the claims that it makes possible. It rejects when the disk refuses. */
  commit(work: () => void): Promise<void>;
  /** Inside a commit: runs once it is on the disk. */
  after(follow: () => void): void;
  /** After a commit. */
  deliver(): void;
  onDiskRefused(error: unknown): void;
  closed(): boolean;
};

/** Takes what workers send. An epoch fences it: an attempt that was given up is told to stop, and writes nothing. */
export function createReceiving(options: ReceivingOptions) {
  const { running, steps, family, guards } = options;

  /** Applies what a worker sent, in one commit with the claims that fill the slots it freed. */
  function receive(worker: Worker): void {
    if (worker.committing) return;
    if (worker.inbox.every(({ t }) => t === 'gate')) {
      for (const question of worker.inbox.splice(0)) apply(worker, question, (follow) => follow());
      options.deliver();
      return;
    }
    worker.committing = true;
    let taken = 0;
    options
      .commit(() => {
        taken = worker.inbox.length;
        for (const message of worker.inbox) apply(worker, message, options.after);
      })
      .then(
        () => {
          worker.inbox.splice(0, taken);
          worker.committing = false;
          options.deliver();
          if (worker.inbox.length > 0) receive(worker);
        },
        (error: unknown) => {
          // Nothing is lost: the worker waits for its answers, and the batch is tried again.
          options.onDiskRefused(error);
          setTimeout(() => {
            worker.committing = false;
            if (!options.closed()) receive(worker);
          }, DISK_RETRY_MS);
        },
      );
  }

  /** A tool call is counted at once, no commit holds it. */
  function called(worker: Worker, message: ToolCalled): void {
    const run = running.get(message.task);
    if (run?.epoch === message.epoch && run.worker === worker.name) guards.toolCalled(run, message);
    else worker.process.send([{ t: 'abort', task: message.task, epoch: message.epoch }]);
  }

  /** @param then does what follows once the messages before are on the disk */
  function apply(worker: Worker, message: Ordered, then: (follow: () => void) => void): void {
    switch (message.t) {
      case 'ready':
        worker.ready = true;
        return;
      case 'beat':
        return;
      case 'gate':
      case 'journal':
      case 'doubt':
      case 'end': {
        const run = running.get(message.task);
        if (run?.epoch !== message.epoch || run.worker !== worker.name) {
          options.pool().post(worker, { t: 'abort', task: message.task, epoch: message.epoch });
          return;
        }
        if (message.t === 'gate') then(() => answer(message));
        else applyTo(worker, run, message);
      }
    }
  }

  /** What ended in the same commit asks for nothing any more: no provider's pace or probe is taken for it. */
  function answer(question: GateQuestion): void {
    const run = running.get(question.task);
    if (run?.epoch === question.epoch) guards.asked(run, question);
  }

  function applyTo(
    worker: Worker,
    run: Running,
    message: Exclude<Extract<Ordered, { task: number }>, { t: 'gate' }>,
  ): void {
    switch (message.t) {
      case 'journal':
        options.journal(run, isSpawn(message.entry) ? family.spawned(run, message.entry) : message.entry);
        if (message.ack) {
          options.pool().post(worker, { t: 'ack', task: run.id, epoch: run.epoch, seq: message.entry.seq });
        }
        return;
      case 'doubt':
        steps.markInDoubt(run.id, message.seq);
        return;
      case 'end':
        options.finish(run, message.ending, message.replayed);
    }
  }

  return { receive, called };
}

function isSpawn(entry: JournalEntry): boolean {
  return entry.kind === 'spawn' && entry.state === 'intent';
}
