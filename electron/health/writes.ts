import type { Committer } from '../store/committer.ts';

/** What the disk refused and nobody tells again is tried again after this, ms. */
export const RETRY_MS = 500;

export type WritesOptions = {
  commit: Committer['commit'];
  /** A write reached the disk; one did not. */
  worked(): void;
  failed(error: unknown): void;
  log(message: string): void;
};

/** How the parts of health write: one after the other, for the next decides by what the one before wrote. */
export type Writes = {
  /** For whoever waits for the answer: it rejects when the disk refuses. */
  commit<T>(work: () => T): Promise<T>;
  /**
   * For what memory holds, and the next tick writes again when the disk refused.
   * @param onDurable gets what `work` returned, once that is on the disk
   */
  write<T>(work: () => T, onDurable?: (value: T) => void): void;
  /** For what is told once: tried until it is on the disk, in order, each once. @param onDurable as of `write` */
  keep<T>(work: () => T, onDurable?: (value: T) => void): void;
  /** Tries for the last time what is not on the disk yet. */
  close(): Promise<void>;
};

export function createWrites({ commit, worked, failed, log }: WritesOptions): Writes {
  /** Settles when all that was begun is written, or refused. */
  let begun: Promise<unknown> = Promise.resolve();
  /** Each writes itself, and gives what to do once it is on the disk. */
  let kept: (() => Promise<() => void>)[] = [];
  let retry: NodeJS.Timeout | undefined;

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = begun.then(work);
    begun = done.catch(() => {});
    return done;
  }

  /** One transaction for all of it. Where that is refused each is tried alone: one that never can be written holds back no other. */
  async function writeKept(): Promise<void> {
    if (retry !== undefined || kept.length === 0) return;
    const tried = kept;
    const results = await Promise.allSettled(tried.map((write) => write()));
    kept = [...tried.filter((_, index) => results[index]?.status === 'rejected'), ...kept.slice(tried.length)];
    const refused = results.find((result) => result.status === 'rejected');
    if (refused !== undefined) {
      failed(refused.reason);
      retry = setTimeout(writeAgain, RETRY_MS);
    } else worked();
    for (const result of results) if (result.status === 'fulfilled') result.value();
  }

  function writeAgain(): void {
    clearTimeout(retry);
    retry = undefined;
    inTurn(writeKept).catch(failed);
  }

  return {
    commit: (work) => inTurn(() => commit(work)),
    write(work, onDurable = () => {}) {
      inTurn(async () => {
        onDurable(await commit(work));
        worked();
      }).catch(failed);
    },
    keep(work, onDurable = () => {}) {
      kept.push(async () => {
        const value = await commit(work);
        return () => onDurable(value);
      });
      inTurn(writeKept).catch(failed);
    },
    async close() {
      writeAgain();
      await begun;
      clearTimeout(retry);
      const what =
        kept.length === 1
          ? '1 write of health is lost: the disk refused it'
          : `${kept.length} writes of health are lost: the disk refused them`;
      if (kept.length > 0) log(`${what} until the end`);
    },
  };
}
