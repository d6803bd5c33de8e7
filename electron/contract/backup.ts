import { z } from 'zod';
import { momentSchema, spanSchema } from './basic.ts';

/** A copy of the database that was found whole after it was written. */
export const backupSchema = z.object({
  name: z.string(),
  /** Absolute. */
  file: z.string(),
  /** What was committed before is in it. */
  at: momentSchema,
  bytes: z.number().int(),
});
export type Backup = z.infer<typeof backupSchema>;

/** The backups of a desk and when the next is made. */
export const backupsSchema = z.object({
  /** Absolute. */
  folder: z.string(),
  everyMs: spanSchema,
  /** So many are kept. */
  keep: z.number().int(),
  nextAt: momentSchema,
  /** One is being written now. */
  running: z.boolean(),
  /** Why the last one failed; null when it did not. */
  problem: z.string().nullable(),
  /** Newest first. */
  backups: z.array(backupSchema),
});
export type Backups = z.infer<typeof backupsSchema>;

/** The database and what keeps it in shape. */
export const databaseSchema = z.object({
  /** Absolute. */
  file: z.string(),
  bytes: z.number().int(),
  /** Of `bytes`, those that hold something; the rest is used again before the file grows. */
  usedBytes: z.number().int(),
  /** The write-ahead log beside it. */
  walBytes: z.number().int(),
  /** Free on its disk. */
  freeBytes: z.number().int(),
  schema: z.number().int(),
  retention: z.object({
    keepMs: spanSchema,
    megabytes: z.number().int(),
    /** Ended tasks that were removed since the desk started. */
    removed: z.number().int(),
    /** The oldest end that is kept; null without any. */
    oldestEnd: momentSchema.nullable(),
  }),
  /** Found damaged when this desk started: what became of it. Null when it was whole. */
  damage: z
    .object({
      /** Where the damaged file is kept, absolute. */
      keptAside: z.string(),
      /** What was put in its place; null: there was no good backup, a new one was begun. */
      restored: backupSchema.nullable(),
    })
    .nullable(),
});
export type DatabaseView = z.infer<typeof databaseSchema>;
export type Damage = NonNullable<DatabaseView['damage']>;

/** What `nightdesk restore` did. */
export const restoredSchema = z.object({
  /** What was put in place, absolute. */
  from: z.string(),
  /** The newest moment that it holds; null when it holds nothing. */
  until: momentSchema.nullable(),
  /** Where the file that stood there before is kept; null when there was none. */
  keptAside: z.string().nullable(),
  /** Agents whose intake was paused: tasks of theirs were open, and may have run since. */
  paused: z.array(z.string()),
});
export type Restored = z.infer<typeof restoredSchema>;

/** One thing that `nightdesk doctor` looked at. */
export const findingSchema = z.object({
  what: z.enum([
    'node',
    'folder',
    'lock',
    'database',
    'wal',
    'disk',
    'backups',
    'settings',
    'agents',
    'keychain',
    'audit',
  ]),
  state: z.enum(['good', 'warning', 'bad']),
  says: z.string(),
  /** What to do; null when it is good. */
  todo: z.string().nullable(),
});
export type Finding = z.infer<typeof findingSchema>;
