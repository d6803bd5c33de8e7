import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { actionSchema, interventionSchema, outcomeSchema, planSchema, receiptSchema } from './action.ts';
import { agentDetailSchema, agentSummarySchema, fileProblemSchema } from './agent.ts';
import {
  alertRuleDetailSchema,
  alertRuleViewSchema,
  alertSchema,
  replaySchema,
  silenceInputSchema,
  silenceSchema,
} from './alert.ts';
import { auditHeadSchema, auditPageSchema, auditQuerySchema, auditVerdictSchema } from './audit.ts';
import { backupSchema, backupsSchema, databaseSchema } from './backup.ts';
import { actorSchema, jsonSchema, momentSchema, nameSchema } from './basic.ts';
import { silenceViewSchema } from './canary.ts';
import {
  alertmanagerPayloadSchema,
  alertsTakenSchema,
  deliveryFilterSchema,
  deliverySchema,
  routeStandingSchema,
} from './delivery.ts';
import { ERRORS, errorDataSchema } from './errors.ts';
import { EVENTS_MAX, ingestAnswerSchema } from './event.ts';
import { rebuiltSchema } from './health.ts';
import {
  changeSchema,
  handoverNoteSchema,
  incidentChartSchema,
  incidentDetailSchema,
  incidentDraftSchema,
  incidentInputs,
  incidentSchema,
  incidentStatsSchema,
} from './incident.ts';
import { integrationSchema, spendSchema } from './integration.ts';
import { objectiveChangeSchema, objectivePreviewSchema, objectiveStandingSchema } from './objective.ts';
import { faultSchema, providerEventSchema, providerSchema, routeSchema } from './provider.ts';
import { answerSchema, questionFilterSchema, questionSchema, resolutionSchema } from './question.ts';
import { reportFileSchema, reportInputs, reportSchema, reportSummarySchema } from './report.ts';
import {
  dryRunSchema,
  rollBackPlanSchema,
  runbookSchema,
  runbookSummarySchema,
  runCommandSchema,
  runDetailSchema,
  runSchema,
} from './runbook.ts';
import {
  editedStepSchema,
  runbookEditInputs,
  runbookHistorySchema,
  runbookNamesSchema,
  runbookSourceSchema,
  savedRunbookSchema,
  triedStepSchema,
} from './runbook-edit.ts';
import { findingSchema } from './runbook-lint.ts';
import { libraryMetricsSchema, runbookStepsMetricsSchema } from './runbook-metrics.ts';
import {
  correctnessSchema,
  sampleDetailSchema,
  sampleFilterSchema,
  sampleSchema,
  sampleVerdictSchema,
} from './sample.ts';
import { secretViewSchema } from './secret.ts';
import { settingsViewSchema } from './settings.ts';
import {
  boardFrameSchema,
  boardQuerySchema,
  incidentFrameSchema,
  noticesFrameSchema,
  runFrameSchema,
  taskFrameSchema,
  tasksFrameSchema,
  tasksQuerySchema,
} from './stream.ts';
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
} from './task.ts';

/*
 * Every call between the console (or the command line) and the desk. Both sides validate by these schemas; the hosts
 * (Electron MessagePort, WebSocket) carry the same router.
 */

const errors = Object.fromEntries(
  Object.entries(ERRORS).map(([code, { status, message }]) => [code, { status, message, data: errorDataSchema }]),
) as { [K in keyof typeof ERRORS]: { status: number; message: string; data: typeof errorDataSchema } };

const call = oc.errors(errors);
const byTask = z.object({ id: taskIdSchema });
const bySample = z.object({ id: z.number().int() });
const byName = z.object({ name: nameSchema });
const byAlert = z.object({ id: z.string().min(1).max(100), by: actorSchema.optional() });

export const aboutSchema = z.object({
  version: z.string(),
  dataFolder: z.string(),
  rehearsal: z.boolean(),
  startedAt: momentSchema,
  /** Changes with every start of the desk. */
  desk: z.string(),
  user: z.string(),
  host: z.enum(['desktop', 'serve']),
});
export type About = z.infer<typeof aboutSchema>;

export const contract = {
  about: call.output(aboutSchema),

  board: {
    watch: call.input(boardQuerySchema).output(eventIterator(boardFrameSchema)),
  },

  health: {
    /** What other runtimes tell of their tasks. Each event is checked by itself: one that does not fit refuses only itself. */
    ingest: call.input(z.object({ events: z.array(z.unknown()).min(1).max(EVENTS_MAX) })).output(ingestAnswerSchema),
    /** Counts every closed hour of which all ends are still here again, and puts in place what differs. */
    rebuild: call.output(rebuiltSchema),
  },

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
    resubmit: call.input(byTask.extend({ input: jsonSchema, key: submitSchema.shape.key })).output(submittedSchema),
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

  settings: {
    get: call.output(settingsViewSchema),
    /** The secrets that settings and agents name, looked for anew. */
    secrets: call.output(z.array(secretViewSchema)),
    /** A command line put a secret into the keychain, or took it out: the desk reads it again, and says so in the audit log. */
    secretChanged: call
      .input(z.object({ name: nameSchema, change: z.enum(['set', 'removed']), by: actorSchema.optional() }))
      .output(z.array(secretViewSchema)),
  },

  /** Where alerts and reports are sent. */
  alertRoutes: {
    list: call.output(z.array(routeStandingSchema)),
    deliveries: call.input(deliveryFilterSchema).output(z.array(deliverySchema)),
    delivery: call.input(z.object({ id: z.number().int() })).output(deliverySchema),
    /** Writes a test message; what becomes of it is asked by its number. */
    test: call.input(byName).output(deliverySchema),
    /** What native routes show, each once, by its id. */
    watch: call.output(eventIterator(noticesFrameSchema)),
    /** Alerts of an Alertmanager. */
    receive: call.input(alertmanagerPayloadSchema).output(alertsTakenSchema),
  },

  budgets: {
    /** Of the desk, each agent and each provider, today (UTC). */
    list: call.output(z.array(spendSchema)),
  },

  integrations: {
    list: call.output(z.array(integrationSchema)),
  },

  backups: {
    list: call.output(backupsSchema),
    /** Writes one now and checks it; one that is being written already is the answer. */
    make: call.output(backupSchema),
  },

  database: {
    get: call.output(databaseSchema),
  },

  rehearsal: {
    /** Tasks a minute the traffic generator submits to each agent that has fixtures; 0 stops it. */
    traffic: call
      .input(z.object({ perMinute: z.number().min(0).max(60_000) }))
      .output(z.object({ perMinute: z.number() })),
  },

  incidents: {
    list: call.input(z.object({ open: z.boolean().default(true) })).output(z.array(incidentSchema)),
    get: call.input(z.object({ id: z.number().int() })).output(incidentDetailSchema),
    watch: call.input(z.object({ id: z.number().int() })).output(eventIterator(incidentFrameSchema)),
    acknowledge: call.input(z.object({ id: z.number().int() })).output(incidentSchema),
    note: call.input(z.object({ id: z.number().int(), text: z.string().min(1).max(4_000) })).output(incidentSchema),
    /** By hand; alerts open theirs. */
    open: call.input(incidentInputs.open).output(incidentSchema),
    severity: call.input(incidentInputs.severity).output(incidentSchema),
    take: call.input(incidentInputs.take).output(incidentSchema),
    release: call.input(incidentInputs.release).output(incidentSchema),
    handOver: call.input(incidentInputs.handOver).output(incidentSchema),
    /** A hand-over note as the record would have it. */
    handoverDraft: call.input(z.object({ id: z.number().int() })).output(handoverNoteSchema),
    /** Answers with the one that it was merged into. */
    merge: call.input(incidentInputs.merge).output(incidentSchema),
    /** Answers with the new one. */
    split: call.input(incidentInputs.split).output(incidentSchema),
    /** Takes the newest merge or split back. */
    undo: call.input(incidentInputs.undo).output(incidentSchema),
    resolve: call.input(incidentInputs.resolve).output(incidentSchema),
    reopen: call.input(incidentInputs.reopen).output(incidentSchema),
    stats: call.input(incidentInputs.stats).output(incidentStatsSchema),
    /** What changed: deploys, interventions, settings, objectives, providers; newest first. */
    changes: call.input(incidentInputs.changes).output(z.array(changeSchema)),
    chart: call.input(z.object({ id: z.number().int() })).output(incidentChartSchema),
    draft: call.input(incidentInputs.draft).output(incidentDraftSchema),
    /** CONFLICT when somebody saved since `version`. */
    saveDraft: call.input(incidentInputs.saveDraft).output(incidentDraftSchema),
  },

  /** What is promised of agents, and how they stand against it. */
  objectives: {
    list: call.output(z.array(objectiveStandingSchema)),
    get: call.input(byName).output(objectiveStandingSchema),
    /** Sets one over the agent's file; what is left out stays as it is in force. */
    set: call.input(objectiveChangeSchema).output(objectiveStandingSchema),
    /** Takes back what was set: the file's stands again. */
    clear: call.input(byName).output(objectiveStandingSchema),
    /** What the objective in force, with a change, would have done with the past. */
    preview: call.input(objectiveChangeSchema).output(objectivePreviewSchema),
  },

  alerts: {
    /** Those that pend, fire or are acknowledged; with `all` the firings of 28 days, too. */
    list: call.input(z.object({ all: z.boolean().default(false) })).output(z.array(alertSchema)),
    rules: call.output(z.array(alertRuleViewSchema)),
    rule: call.input(byName).output(alertRuleDetailSchema),
    /** What is wrong with the files of rules. */
    lint: call.output(z.array(fileProblemSchema)),
    /** What rules would have done over past data: those in force, or those of a file's text. */
    test: call
      .input(
        z.object({
          from: momentSchema,
          to: momentSchema,
          text: z.string().max(200_000).optional(),
          file: z.string().default('rules.yaml'),
        }),
      )
      .output(replaySchema),
    /** Alerts are named by their key, or the id of their newest firing. */
    acknowledge: call.input(byAlert).output(alertSchema),
    snooze: call.input(byAlert.extend({ forMs: z.number().int().min(60_000).max(86_400_000) })).output(alertSchema),
    /** Tells the next of the ladder now. */
    escalate: call.input(byAlert).output(alertSchema),
    silences: call.output(z.array(silenceSchema)),
    silence: call.input(silenceInputSchema).output(silenceSchema),
    unsilence: call.input(z.object({ id: z.number().int(), by: actorSchema.optional() })).output(silenceSchema),
  },

  silence: {
    /** Everything that watches for silence, with what it saw at its last look. */
    list: call.output(silenceViewSchema),
    /** What an agent's successes are like from now on is usual: it changed on purpose. */
    relearn: call.input(z.object({ agent: nameSchema })).output(silenceViewSchema),
  },

  reports: {
    list: call.output(z.array(reportSummarySchema)),
    get: call.input(z.object({ id: z.number().int() })).output(reportSchema),
    make: call.input(reportInputs.make).output(reportSchema),
    file: call.input(reportInputs.file).output(reportFileSchema),
    send: call.input(reportInputs.send).output(reportSchema),
  },

  /** What people and the desk did. */
  audit: {
    list: call.input(auditQuerySchema).output(auditPageSchema),
    /** `expected`: a head that was kept elsewhere. */
    verify: call.input(z.object({ expected: auditHeadSchema.optional() })).output(auditVerdictSchema),
  },

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
export type Contract = typeof contract;
