import { z } from 'zod';
import { actorSchema, jsonSchema, momentSchema } from './basic.ts';

/*
 * The audit log: what people and the desk did, in the order in which it became durable. Each entry is hashed with the one
 * before, so that none can be changed, removed, added or moved without being found.
 */

/** What an entry can be about. The word before the dot is its group. */
export const auditKindSchema = z.enum([
  'action.done',
  'action.outcome',
  'action.lease-ended',
  'action.intake',
  'task.answered',
  'task.resolved',
  'task.retried',
  'task.resubmitted',
  'task.forked',
  'alert.acknowledged',
  'alert.snoozed',
  'alert.escalated',
  'silence.set',
  'silence.ended',
  'incident.opened',
  'incident.acknowledged',
  'incident.note',
  'incident.severity',
  'incident.role',
  'incident.handover',
  'incident.merged',
  'incident.split',
  'incident.undone',
  'incident.resolved',
  'incident.reopened',
  'incident.review',
  'objective.set',
  'objective.cleared',
  'sample.judged',
  'sample.undone',
  'run.started',
  'run.step',
  'run.changed',
  'run.ended',
  'runbook.saved',
  'settings.changed',
  'secret.set',
  'secret.removed',
  'backup.made',
  'backup.restored',
  'fault.set',
  'report.made',
  'report.sent',
  'route.tested',
  'watch.relearned',
  'access.invited',
  'token.made',
  'token.removed',
  'traffic.set',
  'rules.changed',
  'health.rebuilt',
  'desk.started',
  'desk.stopped',
  'audit.broken',
]);
export type AuditKind = z.infer<typeof auditKindSchema>;

/** SHA-256, hex. */
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a chain ends: the number and hash of its last entry; 0 and zeros before the first. */
export const auditHeadSchema = z.object({ seq: z.number().int().nonnegative(), hash: hashSchema });
export type AuditHead = z.infer<typeof auditHeadSchema>;

/** Something that was done, as it is given to the log. `details`: without what is masked; whatever JSON can hold. */
export type AuditEntry = { by: z.infer<typeof actorSchema>; what: AuditKind; subject: string; details?: object };
/** Adds an entry. Call it inside the commit that does the thing: then neither can be without the other. */
export type AuditWrite = (entry: AuditEntry) => void;

/** An entry as it stands in the log. */
export const auditRecordSchema = z.object({
  seq: z.number().int(),
  at: momentSchema,
  by: actorSchema,
  /** An `auditKindSchema`; a text, since a newer version may know more. */
  what: z.string(),
  subject: z.string(),
  details: jsonSchema,
  previous: z.string(),
  hash: z.string(),
});
export type AuditRecord = z.infer<typeof auditRecordSchema>;

/** Which entries. */
export const auditFilterSchema = z.object({
  /** Part of a name. */
  who: z.string().max(120).optional(),
  /** A kind, or a group of them: `incident`. */
  what: z.string().max(60).optional(),
  /** Part of what it was done to. */
  subject: z.string().max(200).optional(),
  /** In [from, to). */
  from: momentSchema.optional(),
  to: momentSchema.optional(),
});
export type AuditFilter = z.infer<typeof auditFilterSchema>;

export const auditQuerySchema = auditFilterSchema.extend({
  before: z.number().int().optional(),
  limit: z.number().int().min(1).max(500).default(100),
});

/** Newest first. `next`: give it as `before` for those that follow; null at the end. */
export const auditPageSchema = z.object({
  entries: z.array(auditRecordSchema),
  next: z.number().int().nullable(),
  /** How many match in all, whatever `before` says. */
  total: z.number().int(),
  /** There are more: what matches a filter is counted up to a bound. */
  totalIsLeast: z.boolean(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

/** Something that is not as it was written, and where. */
export const auditFindingSchema = z.object({
  kind: z.enum(['changed', 'missing', 'unlinked', 'cut', 'rewritten', 'no-anchor', 'broken', 'unreadable']),
  /** The entries concerned, first and last. */
  from: z.number().int(),
  to: z.number().int(),
  says: z.string(),
});
export type AuditFinding = z.infer<typeof auditFindingSchema>;

/** A place beside the log that holds one of its hashes. */
export const auditAnchorSchema = z.object({ place: z.string(), seq: z.number().int(), hash: z.string() });
export type AuditAnchor = z.infer<typeof auditAnchorSchema>;

export const auditVerdictSchema = z.object({
  /** No finding. */
  sound: z.boolean(),
  entries: z.number().int(),
  head: auditHeadSchema,
  /** What the end was held against. */
  anchors: z.array(auditAnchorSchema),
  /** By place. */
  findings: z.array(auditFindingSchema),
  /** What is to be known, and is no fault: a restore that gave entries up. */
  notes: z.array(z.string()),
});
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;
