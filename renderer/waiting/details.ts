import { z } from 'zod';
import { type Json, jsonSchema } from '#contract/basic.ts';
import type { Question } from '#contract/question.ts';

/*
 * What a question is about. The desk passes details on as they are; here they are read by kind, and shown as plain JSON
 * where they are something else.
 */

const edit = { edited: jsonSchema.optional(), why: z.string().optional() };
const approvalSchema = z.object({ tool: z.string(), input: jsonSchema, ...edit });
const reviewSchema = z.object({ output: jsonSchema, ...edit });
const loopSchema = z.object({
  repeats: z.number(),
  period: z.number(),
  text: z.string(),
  calls: z.array(z.object({ tool: z.string(), input: jsonSchema, result: jsonSchema })),
});
const limitSchema = z.object({
  spentUsd: z.number(),
  limitUsd: z.number(),
  done: z.array(z.string()),
  remaining: z.string(),
});

export type Details =
  | { kind: 'nothing' }
  | { kind: 'plain'; value: Json }
  /** A document to judge; `edited` is what a person made of it before, and `why` it did not fit. */
  | { kind: 'document'; title: string; tool: string | null; value: Json; edited: Json | null; why: string | null }
  | ({ kind: 'loop' } & z.infer<typeof loopSchema>)
  | ({ kind: 'limit' } & z.infer<typeof limitSchema>);

export function detailsOf({ kind, details }: Pick<Question, 'kind' | 'details'>): Details {
  switch (kind) {
    case 'approval': {
      const read = approvalSchema.safeParse(details);
      if (!read.success) break;
      const { tool, input, edited = null, why = null } = read.data;
      return { kind: 'document', title: `Input of ${tool}`, tool, value: input, edited, why };
    }
    case 'review': {
      const read = reviewSchema.safeParse(details);
      if (!read.success) break;
      const { output, edited = null, why = null } = read.data;
      return { kind: 'document', title: 'Output', tool: null, value: output, edited, why };
    }
    case 'loop': {
      const read = loopSchema.safeParse(details);
      if (read.success) return { kind: 'loop', ...read.data };
      break;
    }
    case 'limit': {
      const read = limitSchema.safeParse(details);
      if (read.success) return { kind: 'limit', ...read.data };
      break;
    }
    case 'ask':
      break;
  }
  return details === null ? { kind: 'nothing' } : { kind: 'plain', value: details };
}
