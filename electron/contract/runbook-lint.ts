import { z } from 'zod';
import { fileProblemSchema } from './agent.ts';

const offsetSchema = z.number().int().nonnegative();

/** A piece of a file: [from, to) in UTF-16 units of its text as it is on disk. */
export const rangeSchema = z.object({ from: offsetSchema, to: offsetSchema });
export type Range = z.infer<typeof rangeSchema>;

/** Puts `text` in the place of a range: what a quick fix does. */
export const textEditSchema = z.object({ range: rangeSchema, text: z.string() });
export type TextEdit = z.infer<typeof textEditSchema>;

/** What the lint says of a runbook. */
export const findingSchema = fileProblemSchema.extend({
  /** What it is about. */
  range: rangeSchema,
  /** What would mend it, as an edit of the file; null where only a person can say. */
  edit: textEditSchema.nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

/** How findings are written. `sarif` is SARIF 2.1.0, `github` the annotations of a GitHub workflow. */
export const lintFormatSchema = z.enum(['text', 'json', 'sarif', 'github']);
export type LintFormat = z.infer<typeof lintFormatSchema>;

/** A change of one step, as a form has it: what is left out stays, null takes it away. Each on one line, but for the prose. */
export const stepEditSchema = z.strictObject({
  title: z.string().optional(),
  directive: z.string().nullable().optional(),
  verify: z.string().nullable().optional(),
  undo: z.string().nullable().optional(),
  /** The anchor it leads to, without its `#`. */
  else: z.string().nullable().optional(),
  note: z.string().nullable().optional(),
  /** Markdown under the step, without its indent. */
  prose: z.string().nullable().optional(),
});
export type StepEdit = z.infer<typeof stepEditSchema>;
