import { z } from 'zod';
import { momentSchema, nameSchema } from './basic.ts';

/*
 * Tokens for other programs that only send: events of another runtime, alerts of an Alertmanager. Whoever finds one can tell
 * the desk something, and can read, start and change nothing.
 */

/** What the text of such a token begins with: it says what it is where it is found. */
export const INGEST_PREFIX = 'nightdesk-ingest-';

/** A token by its name. Its text is kept nowhere. */
export const ingestTokenSchema = z.object({
  name: nameSchema,
  madeAt: momentSchema,
  madeBy: z.string(),
  /** When somebody last came with it, to the minute; null for never. */
  usedAt: momentSchema.nullable(),
});
export type IngestToken = z.infer<typeof ingestTokenSchema>;

/** One that was just made: its text is told this once. */
export const madeIngestTokenSchema = ingestTokenSchema.extend({ token: z.string().startsWith(INGEST_PREFIX) });
export type MadeIngestToken = z.infer<typeof madeIngestTokenSchema>;
