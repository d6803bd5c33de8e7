import type { Database } from 'better-sqlite3';

/** Gathers the writes of one turn of the event loop into one transaction, and answers each after it is on the disk. */
export type Committer = {
  /**
   * Runs `work` inside the next transaction. It must be synchronous, and may run twice: when another piece of the batch
   * throws, the batch is rolled back and each piece runs alone.
   * @param onRollback undoes what `work` changed in memory, before it may run again
   * @returns what `work` returned, once it is durable; rejects when it threw or the disk refused
   */
  commit<T>(work: () => T, onRollback?: () => void): Promise<T>;
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

  function flush(): void {
    scheduled = false;
    const batch = pieces;
    pieces = [];
    if (batch.length === 0) return;
    try {
      const values = runTogether(batch);
      for (const [index, piece] of batch.entries()) piece.resolve(values[index]);
      onCommitted(batch.length);
    } catch (error) {
      if (batch.length === 1) {
        batch[0]?.reject(error);
        return;
      }
      for (const piece of batch) {
        try {
          piece.resolve(runTogether([piece])[0]);
          onCommitted(1);
        } catch (alone) {
          piece.reject(alone);
        }
      }
    }
  }

  return {
    commit<T>(work: () => T, onRollback?: () => void): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        pieces.push({ work, onRollback, resolve: resolve as (value: unknown) => void, reject });
        if (scheduled) return;
        scheduled = true;
        setImmediate(flush);
      });
    },
    flush,
  };
}
