import type { Database } from 'better-sqlite3';

/** Gathers the writes of one turn of the event loop into one transaction, and answers each after it is on the disk. */
export type Committer = {
  /**
   * Runs `work` inside the next transaction. It must be synchronous, and may run twice: when another piece of the batch
   * throws, the batch is rolled back and each piece runs alone, in turns of their own.
   * @param onRollback undoes what `work` changed in memory, before it may run again
   * @returns what `work` returned, once it is durable; rejects when it threw or the disk refused
   */
  commit<T>(work: () => T, onRollback?: () => void): Promise<T>;
  /** Commits a page as it was, to see whether the disk takes writes; rejects when it does not. */
  touch(): Promise<void>;
  /** Commits what is waiting, at once. */
  flush(): void;
};

type Piece = {
  work: () => unknown;
  onRollback: (() => void) | undefined;
  resolve(value: unknown): void;
  reject(error: unknown): void;
};

/** @param onCommitted called after each commit with how many pieces it held */
export function createCommitter(db: Database, onCommitted: (pieces: number) => void = () => {}): Committer {
  let pieces: Piece[] = [];
  /** Of a batch that was rolled back: each runs in a turn of its own, so that one is answered before the next may fail. */
  let alone: Piece[] = [];
  let scheduled = false;
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');

  function runTogether(batch: Piece[]): unknown[] {
    begin.run();
    try {
      const values = batch.map((piece) => piece.work());
      commit.run();
      return values;
    } catch (error) {
      if (db.inTransaction) rollback.run();
      for (const undo of new Set(batch.map((piece) => piece.onRollback))) undo?.();
      throw error;
    }
  }

  function turn(): void {
    scheduled = false;
    const one = alone.shift();
    const batch = one ? [one] : pieces;
    if (!one) pieces = [];
    try {
      const values = batch.length > 0 ? runTogether(batch) : [];
      for (const [index, piece] of batch.entries()) piece.resolve(values[index]);
      if (batch.length > 0) onCommitted(batch.length);
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else alone = batch;
    }
    if (alone.length > 0 || pieces.length > 0) schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(turn);
  }

  function add<T>(work: () => T, onRollback?: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      pieces.push({ work, onRollback, resolve: resolve as (value: unknown) => void, reject });
      schedule();
    });
  }

  return {
    commit: add,
    touch: () =>
      add(() => {
        db.pragma(`user_version = ${Number(db.pragma('user_version', { simple: true }))}`);
      }),
    flush(): void {
      while (alone.length > 0 || pieces.length > 0) turn();
    },
  };
}
