import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { fail, type Result } from '#contract/errors.ts';
import type { Database } from './open.ts';

/** A log longer than this, in bytes, is begun anew as soon as all of it is copied. */
const LOG_BYTES = 16 * 1024 * 1024;
/** Should the thread be gone, commits copy the log themselves at this length, pages. */
const NET_PAGES = 65_536;
/** So little left to copy takes the desk's own connection a few ms, pages. */
const REST_PAGES = 1_000;

type Copied = { kind: 'checkpoint'; id: number; log: number; copied: number };
type Written = { kind: 'backup'; id: number; result: Result<{ bytes: number }> };
type Waiting = { checkpoint?: (copied: Copied) => void; backup?: (written: Written) => void; gone(why: string): void };

/** Checkpoints and backups of an open database, beside its commits. */
export type Upkeep = {
  /** Copies the log into the database file; begins the log anew when it grew long. */
  checkpoint(): Promise<void>;
  backup(to: string): Promise<Result<{ bytes: number }>>;
  close(): Promise<void>;
};

/**
 * @param entry upkeep-thread, as this Nightdesk runs: its source, or built
 * @param log gets what stops the thread
 */
export function createUpkeep(db: Database, entry: string, log: (message: string) => void): Upkeep {
  const waiting = new Map<number, Waiting>();
  let number = 0;
  let thread: Worker | undefined;
  let closing = false;
  let trouble = '';
  db.pragma(`wal_autocheckpoint = ${NET_PAGES}`);

  function start(): Worker {
    const started = new Worker(entry, { workerData: { file: db.name }, name: 'upkeep' });
    started.unref();
    started.on('message', (message: Copied | Written) => {
      const job = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.kind === 'checkpoint') job?.checkpoint?.(message);
      else job?.backup?.(message);
    });
    started.on('error', (error) => {
      // It is started again with the next job, and may fail so every second.
      if (String(error) !== trouble) log(`the upkeep of the database stopped: ${String(error)}`);
      trouble = String(error);
      gone(trouble);
    });
    started.on('exit', () => gone('it was stopped'));
    return started;

    function gone(why: string): void {
      if (thread === started) thread = undefined;
      for (const job of waiting.values()) job.gone(why);
      waiting.clear();
    }
  }

  function ask(job: { kind: 'checkpoint' } | { kind: 'backup'; to: string }, answer: Waiting): void {
    if (closing) {
      answer.gone('the desk stops');
      return;
    }
    thread ??= start();
    number += 1;
    waiting.set(number, answer);
    thread.postMessage({ ...job, id: number });
  }

  return {
    async checkpoint() {
      if ((statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
      const copied = await new Promise<Copied | null>((resolve) => {
        ask({ kind: 'checkpoint' }, { checkpoint: resolve, gone: () => resolve(null) });
      });
      if (copied === null || closing || !db.open) return;
      const { log: pages } = copied;
      const isLong = pages * Number(db.pragma('page_size', { simple: true })) > LOG_BYTES;
      // Under steady writing the log never is wholly copied from beside: the rest is, here, between two commits.
      if (isLong && pages - copied.copied < REST_PAGES) db.pragma('wal_checkpoint(PASSIVE)');
    },
    backup(to) {
      return new Promise((resolve) => {
        ask(
          { kind: 'backup', to },
          {
            backup: ({ result }) => resolve(result),
            gone: (why) =>
              resolve(
                fail('STORAGE', `The backup ${to} could not be written: ${why}`, {
                  kept: 'The database goes on as it is; older backups are kept.',
                  todo: 'Make one again: nightdesk backup',
                  where: to,
                }),
              ),
          },
        );
      });
    },
    async close() {
      closing = true;
      await thread?.terminate();
    },
  };
}
