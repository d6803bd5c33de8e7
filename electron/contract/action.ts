import { z } from 'zod';
import { actorSchema, momentSchema, nameSchema, spanSchema } from './basic.ts';
import { taskIdSchema } from './task.ts';

/** What can be done to a runtime. Each action is planned, executed with a key, and verified by its effect. */
export const actionSchema = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('pause'), agent: nameSchema, forMs: spanSchema.optional() }),
  z.object({ verb: z.literal('drain'), agent: nameSchema, forMs: spanSchema.optional() }),
  z.object({ verb: z.literal('resume'), agent: nameSchema }),
  z.object({
    verb: z.literal('reroute'),
    agent: nameSchema,
    /** A provider of the agent's route, or `default` for the route in its file. */
    to: nameSchema,
    forMs: spanSchema.optional(),
  }),
  z.object({ verb: z.literal('cancel'), task: taskIdSchema }),
]);
export type Action = z.infer<typeof actionSchema>;

/** What an action will do, from live state, before anyone confirms it. */
export const planSchema = z.object({
  action: actionSchema,
  willChange: z.string(),
  touches: z.string(),
  headroom: z.string().nullable(),
  undoneBy: z.string(),
  /** The action that undoes it; null where nothing can. */
  undo: actionSchema.nullable(),
  /** The same as a command line, to copy. */
  command: z.string(),
  /** Of the state it was planned from; an execution with a stale one is refused. */
  hash: z.string(),
});
export type Plan = z.infer<typeof planSchema>;

/** The runtime took the action. Accepted is not applied: verify tells. */
export const receiptSchema = z.object({
  key: z.string(),
  action: actionSchema,
  acceptedAt: momentSchema,
  /** True when this key had been executed before; nothing was done twice. */
  repeated: z.boolean(),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** Whether the effect of an action is there. */
export const outcomeSchema = z.object({
  state: z.enum(['applied', 'pending', 'diverged']),
  evidence: z.string(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** A mitigation in force: a lease that ends by itself, or when it is undone. */
export const interventionSchema = z.object({
  id: z.string(),
  verb: z.enum(['pause', 'drain', 'reroute']),
  agent: nameSchema,
  to: nameSchema.nullable(),
  by: actorSchema,
  since: momentSchema,
  until: momentSchema.nullable(),
  undo: actionSchema,
});
export type Intervention = z.infer<typeof interventionSchema>;

/** The command line that does the same as an action. */
export function commandOf(action: Action): string {
  const lease = 'forMs' in action && action.forMs !== undefined ? ` --for ${Math.round(action.forMs / 1000)}s` : '';
  switch (action.verb) {
    case 'pause':
    case 'drain':
      return `nightdesk ${action.verb} ${action.agent}${lease}`;
    case 'resume':
      return `nightdesk resume ${action.agent}`;
    case 'reroute':
      return `nightdesk reroute ${action.agent} --to ${action.to}${lease}`;
    case 'cancel':
      return `nightdesk cancel ${action.task}`;
  }
}
