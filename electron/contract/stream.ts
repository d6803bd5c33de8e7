import { z } from 'zod';
import { interventionSchema } from './action.ts';
import { alertSchema, silenceSchema } from './alert.ts';
import { noticeSchema } from './delivery.ts';
import { agentHealthSchema, boardWindowSchema, deskStateSchema, endsBucketSchema } from './health.ts';
import { incidentDetailSchema, incidentSchema } from './incident.ts';
import { integrationSchema, spendSchema } from './integration.ts';
import { providerSchema } from './provider.ts';
import { questionSchema } from './question.ts';
import { runDetailSchema, runStepSchema } from './runbook.ts';
import { attemptSchema, stepSchema, taskDetailSchema, taskFilterSchema, taskSchema } from './task.ts';

/*
 * A subscription yields frames: one snapshot, then patches numbered without a gap. A topic's state is a set of
 * collections, each a record by id, so that a patch is the records that changed. A reader that misses a number, or
 * reconnects, subscribes again and gets a new snapshot.
 */

/** Collections of a topic: name -> schema of one record. */
type Shape = Record<string, z.ZodType>;

function collections<S extends Shape>(shape: S) {
  const entries = Object.entries(shape).map(([name, record]) => [name, z.record(z.string(), record)]);
  return z.object(Object.fromEntries(entries) as { [K in keyof S]: z.ZodRecord<z.ZodString, S[K]> });
}

function changes<S extends Shape>(shape: S) {
  const entries = Object.entries(shape).map(([name, record]) => [
    name,
    z.object({ set: z.record(z.string(), record), remove: z.array(z.string()) }).optional(),
  ]);
  return z.object(
    Object.fromEntries(entries) as {
      [K in keyof S]: z.ZodOptional<
        z.ZodObject<{ set: z.ZodRecord<z.ZodString, S[K]>; remove: z.ZodArray<z.ZodString> }>
      >;
    },
  );
}

/** The frames of one topic. */
export function frameSchema<S extends Shape>(shape: S) {
  return z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('snapshot'), seq: z.number().int(), at: z.number(), state: collections(shape) }),
    z.object({ kind: z.literal('patch'), seq: z.number().int(), at: z.number(), changes: changes(shape) }),
  ]);
}

const boardShape = {
  desk: deskStateSchema,
  agents: agentHealthSchema,
  providers: providerSchema,
  incidents: incidentSchema,
  /** Those that pend, fire or are acknowledged, by id. */
  alerts: alertSchema,
  /** In force, by id. */
  silences: silenceSchema,
  interventions: interventionSchema,
  /** Open ones, the 200 that wait longest. */
  questions: questionSchema,
  integrations: integrationSchema,
  /** By `SCOPE:NAME`. */
  spends: spendSchema,
  ends: endsBucketSchema,
};
const tasksShape = { tasks: taskSchema, counts: z.object({ total: z.number().int(), totalCap: z.number().int() }) };
const taskShape = {
  task: taskDetailSchema.omit({ attemptList: true, steps: true }),
  attempts: attemptSchema,
  steps: stepSchema,
  questions: questionSchema,
};
const runShape = { run: runDetailSchema.omit({ steps: true }), steps: runStepSchema };
const incidentShape = { incident: incidentDetailSchema };

export const boardFrameSchema = frameSchema(boardShape);
export const tasksFrameSchema = frameSchema(tasksShape);
export const taskFrameSchema = frameSchema(taskShape);
export const runFrameSchema = frameSchema(runShape);
export const incidentFrameSchema = frameSchema(incidentShape);
export const noticesFrameSchema = frameSchema({ notices: noticeSchema });

/** One topic's state: collections of records by id. */
export type Collections = Record<string, Record<string, unknown>>;
/** A frame of any topic. */
export type Frame<State extends Collections> =
  | { kind: 'snapshot'; seq: number; at: number; state: State }
  | { kind: 'patch'; seq: number; at: number; changes: Changes<State> };
export type Changes<State extends Collections> = {
  [K in keyof State]?: { set: State[K]; remove: string[] } | undefined;
};

type StateOf<F> = Extract<F, { kind: 'snapshot' }> extends { state: infer S } ? S : never;
export type BoardState = StateOf<z.infer<typeof boardFrameSchema>>;
export type TasksState = StateOf<z.infer<typeof tasksFrameSchema>>;
export type TaskTopicState = StateOf<z.infer<typeof taskFrameSchema>>;
export type RunState = StateOf<z.infer<typeof runFrameSchema>>;
export type IncidentState = StateOf<z.infer<typeof incidentFrameSchema>>;
export type NoticesState = StateOf<z.infer<typeof noticesFrameSchema>>;

export const boardQuerySchema = z.object({ window: boardWindowSchema.default('1h') });
/** `live` newest tasks that match, at most `limit`. */
export const tasksQuerySchema = taskFilterSchema.extend({ limit: z.number().int().min(1).max(2_000).default(500) });

/** How often a topic sends at most, ms. */
export const FRAME_INTERVAL_MS = 100;
