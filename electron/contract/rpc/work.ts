import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { actionSchema, interventionSchema, outcomeSchema, planSchema, receiptSchema } from '../action.ts';
import { agentDetailSchema, agentSummarySchema, fileProblemSchema } from '../agent.ts';
import { actorSchema, givenJsonSchema, nameSchema } from '../basic.ts';
import { integrationSchema, spendSchema } from '../integration.ts';
import { faultSchema, providerEventSchema, providerSchema, routeSchema } from '../provider.ts';
import { answerSchema, questionFilterSchema, questionSchema, resolutionSchema } from '../question.ts';
import {
  correctnessSchema,
  sampleDetailSchema,
  sampleFilterSchema,
  sampleSchema,
  sampleVerdictSchema,
} from '../sample.ts';
import { taskFrameSchema, tasksFrameSchema, tasksQuerySchema } from '../stream.ts';
import {
  submitManyAnswerSchema,
  submitManySchema,
  submitSchema,
  submittedSchema,
  taskDetailSchema,
  taskFilterSchema,
  taskIdSchema,
  taskPageSchema,
  taskSchema,
  WAIT_MAX_MS,
} from '../task.ts';
import { byName, call } from './call.ts';

const byTask = z.object({ id: taskIdSchema });
const bySample = z.object({ id: z.number().int() });

/** The work: agents, their tasks, what waits for people, what people do to lanes, and what stands between a task and the world. */
export const workCalls = {
  agents: {
    list: call.output(z.array(agentSummarySchema)),
    get: call.input(byName).output(agentDetailSchema),
    problems: call.output(z.array(fileProblemSchema)),
  },

  tasks: {
    list: call
      .input(
        taskFilterSchema.extend({
          before: taskIdSchema.optional(),
          limit: z.number().int().min(1).max(1_000).default(100),
        }),
      )
      .output(taskPageSchema),
    get: call.input(byTask).output(taskDetailSchema),
    submit: call.input(submitSchema).output(submittedSchema),
    submitMany: call.input(submitManySchema).output(submitManyAnswerSchema),
    /** The task at its end, or as it stands after `withinMs`. */
    wait: call.input(byTask.extend({ withinMs: z.number().int().min(0).max(WAIT_MAX_MS) })).output(taskDetailSchema),
    /** What a person says of an effect in doubt. `step` names it where more than one is. */
    resolve: call
      .input(
        z.object({
          id: taskIdSchema,
          resolution: resolutionSchema,
          step: z.string().optional(),
          by: actorSchema.optional(),
        }),
      )
      .output(taskSchema),
    /** A dead letter goes back into the queue; many at once by the action `requeue`. */
    requeue: call.input(byTask.extend({ by: actorSchema.optional() })).output(taskSchema),
    /** A task that backs off, or waits for a provider or integration, is tried now. */
    retry: call.input(byTask.extend({ by: actorSchema.optional() })).output(taskSchema),
    /** The work of a task that ended, with another input: a new task that names its origin. */
    resubmit: call
      .input(byTask.extend({ input: givenJsonSchema, key: submitSchema.shape.key }))
      .output(submittedSchema),
    /** The work of a task from a finished step on: a new task that names its origin. */
    fork: call
      .input(byTask.extend({ step: z.string().min(1).max(300), key: submitSchema.shape.key }))
      .output(submittedSchema),
    watch: call.input(tasksQuerySchema).output(eventIterator(tasksFrameSchema)),
    watchOne: call.input(byTask).output(eventIterator(taskFrameSchema)),
  },

  questions: {
    list: call.input(questionFilterSchema).output(z.array(questionSchema)),
    /** The first answer counts; a later one is a CONFLICT that says who was first. */
    answer: call
      .input(z.object({ id: z.number().int(), answer: answerSchema, by: actorSchema.optional() }))
      .output(questionSchema),
  },

  samples: {
    /** Drawn outputs, without their copies. */
    list: call.input(sampleFilterSchema).output(z.array(sampleSchema)),
    get: call.input(bySample).output(sampleDetailSchema),
    /** The first verdict counts; a later one is a CONFLICT that says who was first. */
    judge: call
      .input(
        bySample.extend({
          verdict: sampleVerdictSchema,
          note: z.string().max(2_000).optional(),
          by: actorSchema.optional(),
        }),
      )
      .output(sampleSchema),
    /** Takes a verdict back: the sample is open again. */
    undo: call.input(bySample).output(sampleSchema),
    /** Of one agent, or of each. */
    correctness: call.input(z.object({ agent: nameSchema.optional() })).output(z.array(correctnessSchema)),
  },

  actions: {
    plan: call.input(z.object({ action: actionSchema })).output(planSchema),
    /** With `planHash`, refused when the state changed since the plan. `key` makes a repeat harmless. */
    execute: call
      .input(
        z.object({
          action: actionSchema,
          key: z.string().min(8).max(100),
          planHash: z.string().optional(),
          by: actorSchema.optional(),
        }),
      )
      .output(receiptSchema),
    verify: call.input(z.object({ receipt: receiptSchema })).output(outcomeSchema),
    interventions: call.output(z.array(interventionSchema)),
  },

  providers: {
    list: call.output(z.array(providerSchema)),
    /** What befell them, newest first. */
    events: call
      .input(z.object({ provider: nameSchema.optional(), limit: z.number().int().min(1).max(1_000).default(100) }))
      .output(z.array(providerEventSchema)),
    /** The route of each agent in force, and what each entry would do with the next call. */
    routes: call.output(z.array(routeSchema)),
    /** Rehearsal only. A null fault clears it. */
    fault: call.input(z.object({ provider: nameSchema, fault: faultSchema.nullable() })).output(providerSchema),
  },

  budgets: {
    /** Of the desk, each agent and each provider, today (UTC). */
    list: call.output(z.array(spendSchema)),
  },

  integrations: {
    list: call.output(z.array(integrationSchema)),
  },
};
