import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { auditKindSchema } from '#contract/audit.ts';
import { actorSchema, jsonSchema, momentSchema } from '#contract/basic.ts';

/*
 * What commands do to the folder of a desk that does not run (restore, back up, set a secret) waits in a file for the desk's
 * next start, which writes it into the log.
 */

const pendingSchema = z.object({
  at: momentSchema,
  by: actorSchema,
  what: auditKindSchema,
  subject: z.string(),
  details: z.record(z.string(), jsonSchema),
});
/** `at`: when it was done; its entry is of when the desk read it. */
export type PendingEntry = z.infer<typeof pendingSchema>;

function pendingFile(dataFolder: string): string {
  return join(dataFolder, 'audit.pending.jsonl');
}

export function addPending(dataFolder: string, entry: PendingEntry): void {
  appendFileSync(pendingFile(dataFolder), `${JSON.stringify(entry)}\n`, { mode: 0o600 });
}

/** Oldest first; a line that was half written when its command was killed is left out. */
export function readPending(dataFolder: string): PendingEntry[] {
  let text: string;
  try {
    text = readFileSync(pendingFile(dataFolder), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    try {
      return pendingSchema.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      return [];
    }
  });
}

export function dropPending(dataFolder: string): void {
  rmSync(pendingFile(dataFolder), { force: true });
}
