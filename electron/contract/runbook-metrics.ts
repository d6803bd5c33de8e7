import { z } from 'zod';
import { severitySchema } from './alert.ts';
import { momentSchema, nameSchema, spanSchema } from './basic.ts';

/*
 * What the runs of runbooks say of them: how long their steps take, what is skipped and what fails, when each was last
 * used and last proven, and which ones have gone stale.
 */

/** Days after which a review is old. */
export const REVIEW_DAYS = 90;

/**
 * How fresh a runbook is, the worst first. `due`: never reviewed, or longer ago than REVIEW_DAYS. `unproven`: no run of its
 * text as it is now ended as recovered. `proven`: one did.
 */
export const freshnessSchema = z.enum(['due', 'unproven', 'proven']);
export type Freshness = z.infer<typeof freshnessSchema>;

export const runbookMetricsSchema = z.object({
  runbook: nameSchema,
  freshness: freshnessSchema,
  runs: z.number().int().nonnegative(),
  recovered: z.number().int().nonnegative(),
  /** Ended without proof of recovery. */
  ended: z.number().int().nonnegative(),
  open: z.number().int().nonnegative(),
  /** When its newest run began; null for one that was never used. */
  lastUsedAt: momentSchema.nullable(),
  /** Its newest run that ended as recovered. `sameText`: the file is still as that run had it. */
  lastProven: z
    .object({
      run: z.number().int().positive(),
      at: momentSchema,
      rehearsal: z.boolean(),
      sameText: z.boolean(),
    })
    .nullable(),
  /** When its review is 90 days old; null where none is named. */
  reviewDueAt: momentSchema.nullable(),
  /** Median time from the start to the end of runs that recovered; null without any. */
  recoveryMs: spanSchema.nullable(),
  /** Steps skipped and checks or actions that failed, in the runs looked at. */
  skipped: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
});
export type RunbookMetrics = z.infer<typeof runbookMetricsSchema>;

export const stepMetricsSchema = z.object({
  step: z.string(),
  section: z.string(),
  /** Its Markdown, as the newest run has it. */
  title: z.string(),
  /** Whether the file still has it. */
  inFile: z.boolean(),
  passed: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  /** How often it failed, tries that were repeated included. */
  failed: z.number().int().nonnegative(),
  /** Median time from when the step before was behind until this one passed; null where it never did. */
  medianMs: spanSchema.nullable(),
});
export type StepMetrics = z.infer<typeof stepMetricsSchema>;

/** One runbook, its steps too. `runsRead`: the newest runs that the steps are counted over. */
export const runbookStepsMetricsSchema = runbookMetricsSchema.extend({
  runsRead: z.number().int().nonnegative(),
  steps: z.array(stepMetricsSchema),
});
export type RunbookStepsMetrics = z.infer<typeof runbookStepsMetricsSchema>;

export const libraryMetricsSchema = z.object({
  runbooks: z.array(runbookMetricsSchema),
  /** Rules of alerts that no runbook answers. */
  unanswered: z.array(
    z.object({ rule: z.string(), title: z.string(), severity: severitySchema, firing: z.number().int() }),
  ),
});
export type LibraryMetrics = z.infer<typeof libraryMetricsSchema>;

/** How fresh a runbook is, in two or three words: the same in the console and on the command line. */
export function freshnessText({ freshness, runs, lastProven, reviewDueAt }: RunbookMetrics): string {
  switch (freshness) {
    case 'due':
      return reviewDueAt === null ? 'Never reviewed' : 'Review due';
    case 'unproven':
      if (lastProven === null) return runs === 0 ? 'Never used' : 'Not proven';
      return lastProven.sameText ? 'Proof is old' : 'Changed since proven';
    case 'proven':
      return 'Proven';
  }
}
