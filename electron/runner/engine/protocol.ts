import { z } from 'zod';
import { agentDefinitionSchema } from '#contract/agent.ts';
import { jsonSchema, nameSchema } from '#contract/basic.ts';
import { faultSchema } from '#contract/provider.ts';
import { choiceSchema, questionKindSchema } from '#contract/question.ts';
import { stepKindSchema, taskErrorSchema, taskIdSchema } from '#contract/task.ts';

/*
 * What the desk and a worker process say to each other, in batches: one array a turn of the event loop. The desk checks
 * what a worker sends (agent code runs there); `epoch` fences it: a write with an old epoch is refused.
 */

const fence = { task: z.number().int(), epoch: z.number().int() };

/** A journal entry as it crosses; JSON values stay text, the desk does not look inside. */
export const journalEntrySchema = z.object({
  seq: z.number().int(),
  attempt: z.number().int(),
  name: z.string().max(300),
  kind: stepKindSchema,
  state: z.enum(['intent', 'done', 'failed', 'in-doubt']),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  fingerprint: z.string().nullable(),
  effectKey: z.string().nullable(),
  request: z.string().nullable(),
  result: z.string().nullable(),
  error: taskErrorSchema.nullable(),
  call: z
    .object({
      provider: z.string(),
      model: z.string(),
      tokensIn: z.number(),
      tokensOut: z.number(),
      costUsd: z.number(),
      rehearsal: z.boolean(),
    })
    .nullable(),
});
export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** A question that parks the task: its answer becomes the result of the step. */
export const askedSchema = z.object({
  step: z.string().max(300),
  kind: questionKindSchema,
  text: z.string().min(1),
  choices: z.array(choiceSchema).min(1),
  /** What is to be judged. */
  details: jsonSchema,
  /** Until when it can be answered, ms from now; null: as long as it takes. */
  deadlineMs: z.number().int().nonnegative().nullable(),
  /** The choice that the deadline makes; without one a deadline means nothing. */
  onDeadline: z.string().nullable(),
  fingerprint: z.string().nullable(),
});
export type Asked = z.infer<typeof askedSchema>;

/** A step that sleeps longer than its worker holds it. */
export const sleepingSchema = z.object({
  step: z.string().max(300),
  fingerprint: z.string(),
  /** All of it, ms. */
  ms: z.number().nonnegative(),
  /** Of it, ms from now. A step that slept before keeps its moment. */
  leftMs: z.number().nonnegative(),
});
export type Sleeping = z.infer<typeof sleepingSchema>;

/** What a spawn step asks for. The desk adds the id of the child. */
export const spawnRequestSchema = z.object({ agent: nameSchema, input: jsonSchema, task: taskIdSchema.optional() });
/** What it gives, when the child has ended. */
export const spawnResultSchema = z.object({
  /** Null when it was refused. */
  task: taskIdSchema.nullable(),
  state: z.enum(['succeeded', 'failed', 'cancelled']),
  output: jsonSchema,
  error: taskErrorSchema.nullable(),
});
export type SpawnResult = z.infer<typeof spawnResultSchema>;
/** A request of a sleeping step. `until`: when it is over. */
export const sleepRequestSchema = z.object({ ms: z.number(), until: z.number() });

/** How an attempt ended, as its worker saw it. */
export const endingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('succeeded'), output: z.string(), unverified: z.boolean() }),
  z.object({ kind: z.literal('failed'), error: taskErrorSchema, output: z.string().nullable() }),
  /** No provider could serve: back to waiting, not a failure. `model` was asked for beside the route; null: the route. */
  z.object({
    kind: z.literal('deferred'),
    reason: z.string(),
    model: z.string().nullable(),
    waitKind: z.enum(['deferred', 'budget']),
    /** When it may go on at the latest; null: when the provider or integration is back. */
    until: z.number().nullable(),
    /** The integration that it waits for; null: a provider. */
    integration: z.string().nullable(),
  }),
  /** The lane is paused: back to the queue, with its journal. */
  z.object({ kind: z.literal('paused') }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('in-doubt'), reason: z.string() }),
  /** A person is asked: the task waits for the answer. */
  z.object({ kind: z.literal('parked'), question: askedSchema }),
  /** Nothing goes on before a step has slept, or a child that it spawned has ended. `children`: their steps. */
  z.object({
    kind: z.literal('until'),
    sleeping: z.array(sleepingSchema),
    children: z.array(z.string().max(300)),
  }),
]);
export type Ending = z.infer<typeof endingSchema>;

export const workerMessageSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('ready') }),
  z.object({ t: z.literal('beat') }),
  /** A process that the worker started: what is left of it when the worker dies is ended by the desk. */
  z.object({ t: z.literal('child'), pid: z.number().int().positive(), alive: z.boolean() }),
  /** Write this entry; `ack` when the worker waits for it. */
  z.object({ t: z.literal('journal'), ...fence, entry: journalEntrySchema, ack: z.boolean() }),
  /** An intent of an earlier attempt that never got a result. */
  z.object({ t: z.literal('doubt'), ...fence, seq: z.number().int() }),
  /** Ask which provider serves the next model call (`model`, or null for the agent's route), and whether the lane lets it pass. */
  z.object({ t: z.literal('gate'), ...fence, model: z.string().nullable(), tokensIn: z.number().nonnegative() }),
  /** A tool call ended: the breaker of its integration counts it. `error` is null for a success. */
  z.object({
    t: z.literal('called'),
    ...fence,
    integration: z.string().max(300),
    effect: z.boolean(),
    error: z.string().max(2_000).nullable(),
  }),
  z.object({ t: z.literal('end'), ...fence, ending: endingSchema, replayed: z.array(z.number().int()) }),
]);
export type WorkerMessage = z.infer<typeof workerMessageSchema>;
/** A task wants to make a model call: with which model beside its route, and how much goes in, estimated tokens. */
export type AskedToPass = Pick<Extract<WorkerMessage, { t: 'gate' }>, 'model' | 'tokensIn'>;
export type GateQuestion = Extract<WorkerMessage, { t: 'gate' }>;
export type ToolCalled = Extract<WorkerMessage, { t: 'called' }>;
/** What changes a task, and what is answered after the changes that came before it. */
export type Ordered = Exclude<WorkerMessage, ToolCalled | { t: 'child' }>;
export const workerBatchSchema = z.array(workerMessageSchema);

/** A provider as a worker needs it to make a call. */
export const providerConfigSchema = z.object({
  name: z.string(),
  kind: z.enum(['anthropic', 'openai', 'google', 'openai-compatible', 'rehearsal']),
  configured: z.boolean(),
  rehearsal: z.boolean(),
  baseUrl: z.string().optional(),
});

const effectsSchema = z.record(z.string(), z.enum(['idempotent', 'manual']));
/** An MCP server with its secrets in place. */
const serverSupplySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stdio'),
    command: z.string(),
    args: z.array(z.string()),
    env: z.record(z.string(), z.string()),
    cwd: z.string(),
    timeoutMs: z.number(),
    effects: effectsSchema,
  }),
  z.object({
    kind: z.literal('http'),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    timeoutMs: z.number(),
    effects: effectsSchema,
  }),
  /** A secret of it is missing. */
  z.object({ kind: z.literal('unusable'), why: z.string() }),
]);
export type ServerSupply = z.infer<typeof serverSupplySchema>;

/** What a worker gets beside definitions and tasks. It holds secrets: it is never written anywhere. */
const supplySchema = z.object({
  /** MCP servers by name. */
  servers: z.record(z.string(), serverSupplySchema),
  /** Keys of providers, by the variable that would hold each. */
  keys: z.record(z.string(), z.string()),
  /** Secrets by name: the value, or why there is none. */
  secrets: z.record(z.string(), z.object({ value: z.string().nullable(), problem: z.string().nullable() })),
});
export type Supply = z.infer<typeof supplySchema>;

export const deskMessageSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('supply'), supply: supplySchema }),
  z.object({ t: z.literal('define'), definition: agentDefinitionSchema }),
  z.object({
    t: z.literal('start'),
    ...fence,
    attempt: z.number().int(),
    agent: z.string(),
    definition: z.string(),
    input: z.string(),
    /** Names this piece of work in other systems: the idempotency key, or what stands in for it. */
    identity: z.string(),
    /** Finished steps and open intents of earlier attempts. */
    journal: z.array(journalEntrySchema),
    nextSeq: z.number().int(),
    /** Integrations that this attempt may call although they are refused: it is their probe. */
    probes: z.array(z.string()),
  }),
  z.object({ t: z.literal('ack'), ...fence, seq: z.number().int() }),
  z.object({
    t: z.literal('pass'),
    ...fence,
    verdict: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('go'),
        provider: providerConfigSchema,
        model: z.string(),
        fault: faultSchema.nullable(),
        /** US dollars per million tokens, where settings say so. */
        price: z.object({ input: z.number(), output: z.number() }).nullable(),
        /** Told to the model with this call, and no part of its journal. */
        notice: z.string().nullable(),
      }),
      z.object({ kind: z.literal('hold') }),
      z.object({
        kind: z.literal('defer'),
        reason: z.string(),
        waitKind: z.enum(['deferred', 'budget']),
        until: z.number().nullable(),
      }),
      /** The task has cost what it may: a person decides. */
      z.object({ kind: z.literal('limit'), limitUsd: z.number(), spentUsd: z.number() }),
    ]),
  }),
  /** Integrations that do not answer: tasks that need one end as deferred. */
  z.object({ t: z.literal('integrations'), refused: z.array(z.string()) }),
  z.object({ t: z.literal('abort'), ...fence }),
]);
export type DeskMessage = z.infer<typeof deskMessageSchema>;
export type Verdict = Extract<DeskMessage, { t: 'pass' }>['verdict'];

/** A worker says this often that it lives, ms. */
export const BEAT_MS = 2_000;
