import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { nameSchema } from '../basic.ts';
import {
  dryRunSchema,
  rollBackPlanSchema,
  runbookSchema,
  runbookSummarySchema,
  runCommandSchema,
  runDetailSchema,
  runSchema,
} from '../runbook.ts';
import {
  editedStepSchema,
  runbookEditInputs,
  runbookHistorySchema,
  runbookNamesSchema,
  runbookSourceSchema,
  savedRunbookSchema,
  triedStepSchema,
} from '../runbook-edit.ts';
import { findingSchema } from '../runbook-lint.ts';
import { libraryMetricsSchema, runbookStepsMetricsSchema } from '../runbook-metrics.ts';
import { runFrameSchema } from '../stream.ts';
import { byName, call } from './call.ts';

/** Runbooks and their runs. */
export const runbooksCalls = {
  runbooks: {
    list: call.output(z.array(runbookSummarySchema)),
    get: call.input(byName).output(runbookSchema),
    lint: call.output(z.array(findingSchema)),
    /** How each was used and proven, and the alerts that none answers. */
    metrics: call.output(libraryMetricsSchema),
    /** The same of one, with its steps. */
    stepMetrics: call.input(byName).output(runbookStepsMetricsSchema),
    /** The file itself, to edit. */
    source: call.input(byName).output(runbookSourceSchema),
    /** A text as the library would have it, with its faults. Nothing is written. */
    check: call.input(runbookEditInputs.check).output(runbookSchema),
    /** Into the team's own folder, whole or not at all; refused with what stands there when that is not what was edited. */
    save: call.input(runbookEditInputs.save).output(savedRunbookSchema),
    history: call.input(byName).output(runbookHistorySchema),
    version: call.input(runbookEditInputs.version).output(z.object({ text: z.string() })),
    /** What a new one begins as. Nothing is written. */
    draft: call.input(runbookEditInputs.draft).output(z.object({ text: z.string() })),
    /** What one step of a text would do now. Nothing is changed. */
    tryStep: call.input(runbookEditInputs.tryStep).output(triedStepSchema),
    /** A text with one step changed as its form says, and the form as it is then. Nothing is written. */
    editStep: call.input(runbookEditInputs.editStep).output(editedStepSchema),
    /** What a runbook may name here. */
    names: call.output(runbookNamesSchema),
  },

  runs: {
    /** Inputs not given are filled from the incident's alert, then from the file's defaults. */
    start: call
      .input(
        z.object({
          runbook: nameSchema,
          incident: z.number().int().optional(),
          inputs: z.record(z.string(), z.string()).default({}),
        }),
      )
      .output(runDetailSchema),
    list: call.input(z.object({ incident: z.number().int().optional() })).output(z.array(runSchema)),
    get: call.input(z.object({ id: z.number().int() })).output(runDetailSchema),
    watch: call.input(z.object({ id: z.number().int() })).output(eventIterator(runFrameSchema)),
    command: call.input(z.object({ id: z.number().int(), command: runCommandSchema })).output(runDetailSchema),
    /** What a run of it would do now: plans everything, changes nothing. */
    dryRun: call
      .input(
        z.object({
          runbook: nameSchema,
          incident: z.number().int().optional(),
          inputs: z.record(z.string(), z.string()).default({}),
        }),
      )
      .output(dryRunSchema),
    /** What rolling back to a step would undo, the last first. */
    rollBackPlan: call.input(z.object({ id: z.number().int(), step: z.string() })).output(rollBackPlanSchema),
    /** Its story in Markdown: what was done, time by section, steps skipped or failed, a proposed edit of the runbook. */
    report: call.input(z.object({ id: z.number().int() })).output(z.object({ text: z.string() })),
  },
};
