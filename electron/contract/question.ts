import { z } from 'zod';
import { actorSchema, givenJsonSchema, jsonSchema, momentSchema, nameSchema } from './basic.ts';
import { taskIdSchema } from './task.ts';

/**
 * Why a task waits for a person. `ask`: its agent asks. `approval`: an effect may not run before it is approved.
 * `review`: its output is judged before it ends. `loop`: it repeats itself. `limit`: it reached its own cost limit.
 */
export const questionKindSchema = z.enum(['ask', 'approval', 'review', 'loop', 'limit']);
export type QuestionKind = z.infer<typeof questionKindSchema>;

/** One answer that may be chosen, and whether words or a value go with it. */
export const choiceSchema = z.object({
  value: z.string().min(1).max(60),
  label: z.string().max(200),
  /** `text`: words for the agent; `json`: a document (an edited output or input); `usd`: an amount in US dollars. */
  takes: z.enum(['nothing', 'text', 'json', 'usd']),
});
export type Choice = z.infer<typeof choiceSchema>;

/** What a person answers. */
export const answerSchema = z.object({
  choice: z.string().min(1).max(60),
  text: z.string().max(10_000).optional(),
  value: givenJsonSchema.optional(),
});
export type Answer = z.infer<typeof answerSchema>;

/** A question that parks a task until a person, or its deadline, answers. */
export const questionSchema = z.object({
  id: z.number().int(),
  task: taskIdSchema,
  agent: nameSchema,
  /** The journal step that the answer becomes the result of. */
  step: z.string(),
  kind: questionKindSchema,
  text: z.string(),
  choices: z.array(choiceSchema).min(1),
  /** What is to be judged: the effect's input, the output, the repeated calls, what was spent. */
  details: jsonSchema,
  askedAt: momentSchema,
  /** Until when it can be answered; null: as long as it takes. */
  deadline: momentSchema.nullable(),
  /** The choice that the deadline makes. */
  onDeadline: z.string().nullable(),
  answeredAt: momentSchema.nullable(),
  answer: answerSchema.nullable(),
  by: actorSchema.nullable(),
  rehearsal: z.boolean(),
});
export type Question = z.infer<typeof questionSchema>;

/** What a person says of an effect in doubt, after looking at the other system. */
export const resolutionSchema = z.discriminatedUnion('as', [
  /** It landed: the task goes on with this result, and the effect is not run again. */
  z.object({ as: z.literal('landed'), result: givenJsonSchema }),
  /** It did not: the next attempt runs it, under the same key. */
  z.object({ as: z.literal('not-landed') }),
  /** The task ends as failed. */
  z.object({ as: z.literal('given-up'), reason: z.string().min(3).max(500) }),
]);
export type Resolution = z.infer<typeof resolutionSchema>;

/** Which questions to list, newest first. */
export const questionFilterSchema = z.object({
  /** Only those that can still be answered. */
  open: z.boolean().default(true),
  task: taskIdSchema.optional(),
  limit: z.number().int().min(1).max(1_000).default(200),
});
export type QuestionFilter = z.infer<typeof questionFilterSchema>;
