import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { writeBackup } from './backup.ts';

/*
 * The thread that does what would hold up the desk's commits: checkpoints of the write-ahead log, and backups. It has a
 * connection of its own; in WAL mode neither waits for the other.
 */

const { file } = z.object({ file: z.string() }).parse(workerData);
const db = new Database(file, { timeout: 0 });
// Copies of pages go to the disk before the log is used again.
db.pragma('synchronous = FULL');

const checkpointSchema = z.array(z.object({ log: z.number(), checkpointed: z.number() }));
const jobSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('checkpoint'), id: z.number() }),
  z.object({ kind: z.literal('backup'), id: z.number(), to: z.string() }),
]);

/** How many pages the log holds, and how many of them are in the file. */
function checkpoint(): { log: number; copied: number } {
  try {
    const [row] = checkpointSchema.parse(db.pragma('wal_checkpoint(PASSIVE)'));
    return { log: row?.log ?? 0, copied: row?.checkpointed ?? 0 };
  } catch (error) {
    // The disk is full, most likely: nothing is lost, the log is copied later.
    if (error instanceof Database.SqliteError) return { log: 0, copied: 0 };
    throw error;
  }
}

parentPort?.on('message', (message: unknown) => {
  const job = jobSchema.parse(message);
  switch (job.kind) {
    case 'checkpoint':
      parentPort?.postMessage({ id: job.id, kind: 'checkpoint', ...checkpoint() });
      return;
    case 'backup':
      parentPort?.postMessage({ id: job.id, kind: 'backup', result: writeBackup(file, job.to) });
  }
});
