import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { auditHeadSchema, auditPageSchema, auditQuerySchema, auditVerdictSchema } from '../audit.ts';
import { backupSchema, backupsSchema, databaseSchema } from '../backup.ts';
import { actorSchema, momentSchema, nameSchema } from '../basic.ts';
import { ingestTokenSchema, madeIngestTokenSchema } from '../ingest-token.ts';
import { secretViewSchema } from '../secret.ts';
import { settingsViewSchema } from '../settings.ts';
import { boardFrameSchema, boardQuerySchema } from '../stream.ts';
import { byName, call } from './call.ts';

export const aboutSchema = z.object({
  version: z.string(),
  dataFolder: z.string(),
  rehearsal: z.boolean(),
  startedAt: momentSchema,
  /** Changes with every start of the desk. */
  desk: z.string(),
  user: z.string(),
  host: z.enum(['desktop', 'serve']),
});
export type About = z.infer<typeof aboutSchema>;

/** The desk itself: what it is, what is on its board, how it is set, what keeps its data. */
export const deskCalls = {
  about: call.output(aboutSchema),

  board: {
    watch: call.input(boardQuerySchema).output(eventIterator(boardFrameSchema)),
  },

  settings: {
    get: call.output(settingsViewSchema),
    /** The secrets that settings and agents name, looked for anew. */
    secrets: call.output(z.array(secretViewSchema)),
    /** A command line put a secret into the keychain, or took it out: the desk reads it again, and says so in the audit log. */
    secretChanged: call
      .input(z.object({ name: nameSchema, change: z.enum(['set', 'removed']), by: actorSchema.optional() }))
      .output(z.array(secretViewSchema)),
  },

  /** Tokens of other programs that only send. */
  tokens: {
    list: call.output(z.array(ingestTokenSchema)),
    /** CONFLICT where there is one of this name. Its text is told this once. */
    make: call.input(byName).output(madeIngestTokenSchema),
    /** From now on it lets nobody in. */
    remove: call.input(byName).output(ingestTokenSchema),
  },

  backups: {
    list: call.output(backupsSchema),
    /** Writes one now and checks it; one that is being written already is the answer. */
    make: call.output(backupSchema),
  },

  database: {
    get: call.output(databaseSchema),
  },

  rehearsal: {
    /** Tasks a minute the traffic generator submits to each agent that has fixtures; 0 stops it. */
    traffic: call
      .input(z.object({ perMinute: z.number().min(0).max(60_000) }))
      .output(z.object({ perMinute: z.number() })),
  },

  /** What people and the desk did. */
  audit: {
    list: call.input(auditQuerySchema).output(auditPageSchema),
    /** `expected`: a head that was kept elsewhere. */
    verify: call.input(z.object({ expected: auditHeadSchema.optional() })).output(auditVerdictSchema),
  },
};
