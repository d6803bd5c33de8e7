import { z } from 'zod';
import { momentSchema, nameSchema } from './basic.ts';
import { dryRunSchema, verbSchema } from './runbook.ts';
import { findingSchema } from './runbook-lint.ts';

/*
 * Editing runbooks: their text, what is written, where it came from. The console works on text and the desk alone writes
 * files, only into the team's own folder.
 */

/** A text longer than this is no runbook, in UTF-16 units. */
export const RUNBOOK_TEXT_MAX = 1_000_000;

const textSchema = z.string().max(RUNBOOK_TEXT_MAX);
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** A runbook's file as it stands on the disk. */
export const runbookSourceSchema = z.object({
  name: nameSchema,
  file: z.string(),
  text: z.string(),
  /** SHA-256 of the text. */
  hash: hashSchema,
  /** In the team's own folder. Others are never written: saving puts a copy over them there. */
  own: z.boolean(),
});
export type RunbookSource = z.infer<typeof runbookSourceSchema>;

/** What came of a save. Refused with the text that stands there, when that is not the one that was edited. */
export const savedRunbookSchema = z.discriminatedUnion('saved', [
  z.object({
    saved: z.literal(true),
    file: z.string(),
    hash: hashSchema,
    /** The file of another folder that it now stands over; null when there is none. */
    over: z.string().nullable(),
  }),
  z.object({ saved: z.literal(false), file: z.string(), text: z.string(), hash: hashSchema }),
]);
export type SavedRunbook = z.infer<typeof savedRunbookSchema>;

/** A commit, whole: nothing else is given to git. */
const commitSchema = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);

/** The versions of a runbook in the git of its folder, newest first. */
export const runbookHistorySchema = z.object({
  versions: z.array(z.object({ commit: commitSchema, at: momentSchema, by: z.string(), subject: z.string() })),
  /** Why there are none; null when there are. */
  why: z.string().nullable(),
});
export type RunbookHistory = z.infer<typeof runbookHistorySchema>;

/** What a new runbook begins as. */
export const runbookOriginSchema = z.discriminatedUnion('from', [
  z.object({ from: z.literal('template') }),
  z.object({ from: z.literal('alert'), rule: nameSchema }),
  /** What was done in an incident becomes its steps. */
  z.object({ from: z.literal('incident'), incident: z.number().int().positive() }),
]);
export type RunbookOrigin = z.infer<typeof runbookOriginSchema>;

/** What a runbook may name on this desk. */
export const runbookNamesSchema = z.object({
  agents: z.array(z.string()),
  providers: z.array(z.string()),
  alerts: z.array(z.string()),
});
export type RunbookNames = z.infer<typeof runbookNamesSchema>;

/** What one step would do. */
export const triedStepSchema = dryRunSchema.shape.steps.element;
export type TriedStep = z.infer<typeof triedStepSchema>;

/** What a person chooses or writes for one part of a step. */
export const stepFieldSchema = z.object({
  key: z.string(),
  /** In plain words. */
  title: z.string(),
  /** What it means, or how it is written. */
  says: z.string(),
  value: z.string(),
  /** One of the options and nothing else, or also a text of one's own. */
  closed: z.boolean(),
  options: z.array(z.object({ value: z.string(), title: z.string() })),
  required: z.boolean(),
  /** Seldom needed, and not set: it can stay out of sight. */
  seldom: z.boolean(),
  problems: z.array(findingSchema),
});
export type StepField = z.infer<typeof stepFieldSchema>;

/** One step of a text as a form. */
export const stepFormSchema = z.object({
  step: z.string(),
  title: z.string(),
  /** Markdown under the step. */
  prose: z.string(),
  /** Null for a step that is done by hand. */
  verb: verbSchema.nullable(),
  /** What its directive says, in the order in which it is asked. */
  fields: z.array(stepFieldSchema),
  /** What stands under it: `verify`, `undo`, `else`, `note`. */
  keys: z.array(stepFieldSchema),
  /** What the lint says of the step beside its fields. */
  problems: z.array(findingSchema),
  /** What the lint says elsewhere in the file, and did not before. */
  elsewhere: z.array(findingSchema),
});
export type StepForm = z.infer<typeof stepFormSchema>;

/** What was changed in a form; what is left out stays, an empty text takes away. */
export const stepChangeOfFormSchema = z.strictObject({
  title: z.string().max(1_000).optional(),
  prose: z.string().max(100_000).optional(),
  /** Null: done by hand. */
  verb: verbSchema.nullable().optional(),
  fields: z.record(z.string(), z.string().max(4_000)).default({}),
  keys: z.partialRecord(z.enum(['verify', 'undo', 'else', 'note']), z.string().max(4_000)).default({}),
});
export type StepChangeOfForm = z.infer<typeof stepChangeOfFormSchema>;

/** A text with one step changed, and that step as a form. Nothing was written. */
export const editedStepSchema = z.object({ text: textSchema, form: stepFormSchema });
export type EditedStep = z.infer<typeof editedStepSchema>;

/** What is asked while a runbook is edited, by call. */
export const runbookEditInputs = {
  check: z.object({ name: nameSchema, text: textSchema }),
  /** `baseHash`: of the text that was edited; null for a name that is new. */
  save: z.object({ name: nameSchema, text: textSchema, baseHash: hashSchema.nullable() }),
  version: z.object({ name: nameSchema, commit: commitSchema }),
  /** The same text where nothing is changed. */
  editStep: z.object({ name: nameSchema, text: textSchema, step: z.string().max(300), change: stepChangeOfFormSchema }),
  draft: z.object({ name: nameSchema, origin: runbookOriginSchema }),
  /** One step of a text, with these inputs. Plans, and changes nothing. */
  tryStep: z.object({
    name: nameSchema,
    text: textSchema,
    step: z.string().max(300),
    inputs: z.record(z.string(), z.string()).default({}),
  }),
};
