import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '#contract/basic.ts';
import type { DeskMessage, JournalEntry, WorkerMessage } from '../engine/protocol.ts';
import type { Deadline } from './deadline.ts';
import { failWith } from './unwind.ts';

type Start = Extract<DeskMessage, { t: 'start' }>;
type JournalMessage = Extract<WorkerMessage, { t: 'journal' }>;
/** What a step says of itself when it is written; the journal adds the rest. */
export type Written = Pick<JournalEntry, 'name' | 'kind' | 'state' | 'startedAt'> & Partial<JournalEntry>;

/**
 * One attempt's view of its task's journal. Results are written without waiting, and the next step waits until they are
 * on the disk before it starts: so that the last result and the end of the task share one commit.
 */
export function createJournal(
  start: Start,
  send: (message: WorkerMessage) => void,
  now: () => number,
  deadline: Pick<Deadline, 'hold' | 'go'>,
) {
  const done = new Map<string, JournalEntry>();
  const intents = new Map<string, JournalEntry>();
  for (const entry of start.journal) {
    if (entry.state === 'done') done.set(entry.name, entry);
    else intents.set(entry.name, entry);
  }
  for (const name of done.keys()) intents.delete(name);
  const finished = new Set(done.keys());
  const unacknowledged = new Map<number, { message: JournalMessage; resolve(): void }>();
  const pending = new Set<Promise<void>>();
  const used = new Set<string>();
  const replayed: number[] = [];
  let nextSeq = start.nextSeq;

  return {
    replayed,
    /**
     * The result of a step that finished in an earlier attempt.
     * @param fingerprint of the request; another one than was journaled means that the replay diverged, and stops loudly
     */
    replay(name: string, fingerprint: string | null): JournalEntry | undefined {
      if (used.has(name))
        throw failWith('definition', `two steps of this task are named "${name}"; names must be unique`);
      used.add(name);
      const entry = done.get(name);
      if (!entry) return undefined;
      if (entry.fingerprint !== fingerprint) {
        throw failWith(
          'diverged',
          `step "${name}" asks for something else than attempt ${entry.attempt} did: its code or prompt is not the same in every attempt`,
        );
      }
      replayed.push(entry.seq);
      return entry;
    },
    /** Whether an earlier attempt finished this step. */
    finished: (name: string): boolean => done.has(name),
    /** Names of the steps that are done, of this attempt and earlier ones, in order. */
    finishedSteps: (): string[] => [...finished],
    /** An effect's intent that never got a result. */
    openIntent: (name: string): JournalEntry | undefined => intents.get(name),
    /** Everything written so far is on the disk. */
    async durable(): Promise<void> {
      if (pending.size === 0) return;
      // A desk that is stopped, or whose disk is full, does not use up the attempt's time.
      deadline.hold();
      await Promise.all(pending);
      deadline.go();
    },
    /** @returns the entry's number */
    write(entry: Written, seq = nextSeq): number {
      if (seq === nextSeq) nextSeq += 1;
      if (entry.state === 'done') finished.add(entry.name);
      const message: JournalMessage = {
        t: 'journal',
        task: start.task,
        epoch: start.epoch,
        ack: true,
        entry: {
          seq,
          attempt: start.attempt,
          endedAt: entry.state === 'intent' ? null : now(),
          fingerprint: null,
          effectKey: null,
          request: null,
          result: null,
          error: null,
          call: null,
          ...entry,
        },
      };
      const written = new Promise<void>((resolve) => unacknowledged.set(seq, { message, resolve }));
      pending.add(written);
      written.then(() => pending.delete(written));
      send(message);
      return seq;
    },
    acknowledge(seq: number): void {
      unacknowledged.get(seq)?.resolve();
      unacknowledged.delete(seq);
    },
    /** The attempt ends: no step will wait for what goes out in the same batch as its end, so the desk need not answer. */
    close(): void {
      for (const { message } of unacknowledged.values()) message.ack = false;
    },
    doubt(seq: number): void {
      send({ t: 'doubt', task: start.task, epoch: start.epoch, seq });
    },
  };
}
export type Journal = ReturnType<typeof createJournal>;

/** Of a request, so that a replay that asks for something else is seen. Keys are sorted: their order means nothing. */
export function fingerprintOf(request: Json): string {
  return createHash('sha1').update(canonicalJson(request)).digest('base64url');
}
