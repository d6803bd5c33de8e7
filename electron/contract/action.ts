import { z } from 'zod';
import { actorSchema, momentSchema, nameSchema, spanSchema, writeSpan } from './basic.ts';
import { errorClassSchema, taskIdSchema } from './task.ts';

/** Tasks that one requeue takes at most. */
export const REQUEUE_MAX = 10_000;

/** Which dead letters: these, or every one that the rest finds. A task in doubt is none: a person resolves it. */
export const deadLettersSchema = z.object({
  tasks: z.array(taskIdSchema).min(1).max(1_000).optional(),
  agent: nameSchema.optional(),
  state: z.enum(['failed', 'cancelled']).optional(),
  /** Of the error that ended it. */
  errorClass: errorClassSchema.optional(),
  /** Part of an id or idempotency key. */
  text: z.string().max(200).optional(),
  /** Ended in [from, to). */
  endedFrom: momentSchema.optional(),
  endedTo: momentSchema.optional(),
  /** The newest so many. */
  limit: z.number().int().min(1).max(REQUEUE_MAX).optional(),
});
export type DeadLetters = z.infer<typeof deadLettersSchema>;

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
    /** Of the traffic, in (0, 1]; the rest stays where it is. All of it when left out. */
    share: z.number().gt(0).max(1).optional(),
    forMs: spanSchema.optional(),
  }),
  z.object({ verb: z.literal('cancel'), task: taskIdSchema }),
  /** A task that backs off, or waits for a provider or integration, is tried now. */
  z.object({ verb: z.literal('retry'), task: taskIdSchema }),
  z.object({
    verb: z.literal('set'),
    agent: nameSchema,
    /** Tasks at once; null: as its file says. */
    concurrency: z.number().int().min(1).max(10_000).nullable().optional(),
    /** US dollars a day; null: as its file says. */
    budgetUsd: z.number().positive().nullable().optional(),
    forMs: spanSchema.optional(),
  }),
  /** Puts dead letters back into the queue, with their journals and with fresh attempts. */
  z.object({ verb: z.literal('requeue'), ...deadLettersSchema.shape }),
  /** Closes the breaker of a provider or an integration, and ends what it was asked to wait. */
  z.object({ verb: z.literal('reset'), breaker: z.string().min(1).max(100) }),
]);
export type Action = z.infer<typeof actionSchema>;
/** What changes the lane of an agent. */
export type LaneAction = Extract<Action, { verb: 'pause' | 'drain' | 'resume' | 'reroute' | 'set' }>;

/** What an action will do, from live state, before anyone confirms it. */
export const planSchema = z.object({
  action: actionSchema,
  willChange: z.string(),
  touches: z.string(),
  headroom: z.string().nullable(),
  undoneBy: z.string(),
  /** The action that undoes it; null where nothing can. */
  undo: actionSchema.nullable(),
  /** The same as a command line, to copy; empty where none does the same. */
  command: z.string(),
  /** Of the state it was planned from; an execution with a stale one is refused. */
  hash: z.string(),
  /** Tasks it puts its hand on, where it takes tasks one by one: what a cap on reach counts. */
  reach: z.number().int().nonnegative().optional(),
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
  verb: z.enum(['pause', 'drain', 'reroute', 'set']),
  agent: nameSchema,
  /** The provider of a reroute, what was set, or why the desk itself closed an intake. */
  to: z.string().nullable(),
  by: actorSchema,
  since: momentSchema,
  until: momentSchema.nullable(),
  undo: actionSchema,
});
export type Intervention = z.infer<typeof interventionSchema>;

/** What an action is about, as `confirm=type` asks for it. */
export function subjectOf(action: Action): string {
  switch (action.verb) {
    case 'cancel':
    case 'retry':
      return action.task;
    case 'reset':
      return action.breaker;
    case 'requeue':
      return action.tasks?.[0] ?? action.agent ?? 'requeue';
    default:
      return action.agent;
  }
}

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command line that does the same as an action, exactly: pasted into a shell, it does no more and no less. */
export function commandOf(action: Action): string {
  const lease = 'forMs' in action && action.forMs !== undefined ? ` --for ${writeSpan(action.forMs)}` : '';
  switch (action.verb) {
    case 'pause':
    case 'drain':
      return `nightdesk ${action.verb} ${action.agent}${lease}`;
    case 'resume':
      return `nightdesk resume ${action.agent}`;
    case 'reroute':
      return `nightdesk reroute ${action.agent} --to ${action.to}${shareOption(action.share)}${lease}`;
    case 'cancel':
    case 'retry':
      return `nightdesk ${action.verb} ${action.task}`;
    case 'set': {
      const { concurrency, budgetUsd } = action;
      const options = [
        ...(concurrency === undefined ? [] : [` --concurrency ${concurrency ?? 'default'}`]),
        ...(budgetUsd === undefined ? [] : [` --budget ${budgetUsd ?? 'default'}`]),
      ];
      return `nightdesk set ${action.agent}${options.join('')}${lease}`;
    }
    case 'reset':
      return `nightdesk reset ${action.breaker.startsWith('-') ? '-- ' : ''}${quoted(action.breaker)}`;
    case 'requeue':
      return requeueCommand(action);
  }
}

function shareOption(share = 1): string {
  return share === 1 ? '' : ` --share ${share}`;
}

function requeueCommand({
  tasks = [],
  agent,
  state,
  errorClass,
  text,
  endedFrom,
  endedTo,
  limit,
}: DeadLetters): string {
  return [
    'nightdesk requeue',
    ...tasks,
    ...(agent === undefined ? [] : [`--agent ${agent}`]),
    ...(state === undefined ? [] : [`--state ${state}`]),
    ...(errorClass === undefined ? [] : [`--class ${errorClass}`]),
    ...(text === undefined ? [] : [`--text ${quoted(text)}`]),
    ...(endedFrom === undefined ? [] : [`--from ${new Date(endedFrom).toISOString()}`]),
    ...(endedTo === undefined ? [] : [`--to ${new Date(endedTo).toISOString()}`]),
    ...(limit === undefined ? [] : [`--limit ${limit}`]),
  ].join(' ');
}
