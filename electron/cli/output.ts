import { z } from 'zod';
import { actionSchema, interventionSchema, outcomeSchema, planSchema, receiptSchema } from '#contract/action.ts';
import { fileProblemSchema } from '#contract/agent.ts';
import { alertRuleViewSchema, alertSchema, replaySchema, silenceSchema } from '#contract/alert.ts';
import { auditPageSchema, auditVerdictSchema } from '#contract/audit.ts';
import { backupSchema, findingSchema, restoredSchema } from '#contract/backup.ts';
import { actorSchema, jsonSchema, momentSchema, nameSchema } from '#contract/basic.ts';
import { accountSchema, canarySchema, silenceViewSchema, watchSchema } from '#contract/canary.ts';
import { deliverySchema, routeStandingSchema } from '#contract/delivery.ts';
import { ERRORS, type ErrorCode, failureSchema } from '#contract/errors.ts';
import { ingestAnswerSchema } from '#contract/event.ts';
import { agentHealthSchema, deskStateSchema, rateSchema, rebuiltSchema } from '#contract/health.ts';
import {
  changeSchema,
  incidentDetailSchema,
  incidentDraftSchema,
  incidentSchema,
  incidentStatsSchema,
  spanStatSchema,
} from '#contract/incident.ts';
import { ingestTokenSchema, madeIngestTokenSchema } from '#contract/ingest-token.ts';
import { integrationSchema, spendSchema } from '#contract/integration.ts';
import { objectivePreviewSchema, objectiveStandingSchema } from '#contract/objective.ts';
import { faultSchema, providerEventSchema, providerSchema, routeSchema } from '#contract/provider.ts';
import { answerSchema, choiceSchema, questionSchema } from '#contract/question.ts';
import { reportSchema, reportSummarySchema } from '#contract/report.ts';
import { aboutSchema } from '#contract/rpc.ts';
import {
  dryRunSchema,
  rollBackPlanSchema,
  runbookSchema,
  runbookSummarySchema,
  runDetailSchema,
  runSchema,
  runStepSchema,
  stepChangeSchema,
  stepPlanSchema,
} from '#contract/runbook.ts';
import { findingSchema as lintFindingSchema } from '#contract/runbook-lint.ts';
import { libraryMetricsSchema, runbookMetricsSchema, runbookStepsMetricsSchema } from '#contract/runbook-metrics.ts';
import { correctnessSchema, sampleDetailSchema, sampleSchema } from '#contract/sample.ts';
import { secretViewSchema } from '#contract/secret.ts';
import { settingsViewSchema } from '#contract/settings.ts';
import {
  attemptSchema,
  doubtSchema,
  modelCallSchema,
  stepSchema,
  submittedSchema,
  taskDetailSchema,
  taskErrorSchema,
  taskIdSchema,
  taskPageSchema,
  taskSchema,
} from '#contract/task.ts';

const CODES = [...(Object.keys(ERRORS) as ErrorCode[]), 'BUG'] as const;

/** The desk in the background. `desk` is null when none answers on the folder. */
const serviceSchema = z.object({
  dataFolder: z.string(),
  /** `systemd`, `launchd` or `the task scheduler`. */
  manager: z.string(),
  file: z.string(),
  installed: z.boolean(),
  /** The manager holds it running. */
  active: z.boolean(),
  desk: z
    .object({
      address: z.url(),
      pid: z.number().int(),
      version: z.string(),
      startedAt: momentSchema,
      host: aboutSchema.shape.host,
    })
    .nullable(),
  /** What else is to be known or done. */
  hints: z.array(z.string()),
});

/** What happened to a run, in order; `stopped` is the last line, with the run as it stands. */
const runEventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('begun'), at: momentSchema, run: runDetailSchema }),
  z.object({
    /** `acted`: an action was journaled and sent. `check`: a measurement. `again`: it stands open once more. */
    event: z.enum([
      'opened',
      'approved',
      'acted',
      'check',
      'passed',
      'failed',
      'no-data',
      'skipped',
      'undone',
      'again',
    ]),
    at: momentSchema,
    run: z.number().int(),
    step: runStepSchema,
  }),
  z.object({
    event: z.literal('plan'),
    at: momentSchema,
    run: z.number().int(),
    step: z.string(),
    plan: stepPlanSchema,
  }),
  z.object({
    event: z.literal('holder'),
    at: momentSchema,
    run: z.number().int(),
    holder: actorSchema,
    says: z.string(),
  }),
  z.object({
    event: z.literal('edited'),
    at: momentSchema,
    run: z.number().int(),
    changes: z.array(stepChangeSchema),
  }),
  z.object({
    event: z.literal('ended'),
    at: momentSchema,
    run: z.number().int(),
    outcome: runSchema.shape.outcome,
    reason: z.string().nullable(),
  }),
  z.object({
    event: z.literal('stopped'),
    at: momentSchema,
    run: runDetailSchema,
    /** The step it waits at; null when all are behind or it has ended. */
    open: runStepSchema.nullable(),
    /** Why it went no further; null when it ended. */
    waitsFor: z.string().nullable(),
  }),
]);

/** What `--json` prints: one document a command, on standard output; `runbook run` prints one a line. */
export const OUTPUT = {
  serve: z.object({
    /** With a token that lets one browser in, once. */
    open: z.url(),
    address: z.url(),
    about: aboutSchema,
  }),
  'watch list': silenceViewSchema,
  'watch relearn': silenceViewSchema,
  'service install': serviceSchema,
  'service status': serviceSchema,
  'service remove': serviceSchema.pick({ dataFolder: true, manager: true, file: true }),
  status: z.object({
    about: aboutSchema,
    address: z.url(),
    desk: deskStateSchema,
    agents: z.array(agentHealthSchema),
    providers: z.array(providerSchema),
    incidents: z.array(incidentSchema),
    interventions: z.array(interventionSchema),
  }),
  /** `task` is null without --wait. */
  submit: submittedSchema.extend({ task: taskDetailSchema.nullable() }),
  'submit --batch': z.object({
    accepted: z.number().int(),
    /** Submitted before under the same key. */
    duplicates: z.number().int(),
    refused: z.number().int(),
    lines: z.array(
      z.discriminatedUnion('outcome', [
        z.object({ line: z.number().int(), outcome: z.enum(['accepted', 'duplicate']), id: taskIdSchema }),
        failureSchema.extend({ line: z.number().int(), outcome: z.literal('refused') }),
      ]),
    ),
  }),
  /** `file` is null without --out. */
  'report make': z.object({ report: reportSchema, file: z.string().nullable() }),
  'report show': z.object({ report: reportSchema, file: z.string().nullable() }),
  'report list': z.object({ reports: z.array(reportSummarySchema) }),
  'report send': reportSchema,
  'events ingest': ingestAnswerSchema,
  'events rebuild': rebuiltSchema,
  tasks: taskPageSchema,
  task: taskDetailSchema,
  action: z.object({ plan: planSchema, receipt: receiptSchema, outcome: outcomeSchema }),
  providers: z.object({ providers: z.array(providerSchema) }),
  budgets: z.object({ spends: z.array(spendSchema) }),
  integrations: z.object({ integrations: z.array(integrationSchema) }),
  routes: z.object({ routes: z.array(routeSchema) }),
  history: z.object({ events: z.array(providerEventSchema) }),
  fault: providerSchema,
  questions: z.object({ questions: z.array(questionSchema) }),
  answer: questionSchema,
  resolve: taskSchema,
  'sample list': z.object({ samples: z.array(sampleSchema) }),
  'sample show': sampleDetailSchema,
  'sample judge': sampleSchema,
  'sample undo': sampleSchema,
  'sample correctness': z.object({ correctness: z.array(correctnessSchema) }),
  retry: taskSchema,
  resubmit: submittedSchema,
  fork: submittedSchema,
  incidents: z.object({ incidents: z.array(incidentSchema) }),
  ack: incidentSchema,
  invite: z.object({ person: z.string(), address: z.string() }),
  'incident list': z.object({ incidents: z.array(incidentSchema) }),
  'incident show': incidentDetailSchema,
  'incident stats': incidentStatsSchema,
  'incident draft': incidentDraftSchema,
  'incident open': incidentSchema,
  'incident ack': incidentSchema,
  'incident note': incidentSchema,
  'incident severity': incidentSchema,
  'incident resolve': incidentSchema,
  'incident reopen': incidentSchema,
  'incident role': incidentSchema,
  'incident handover': incidentSchema,
  /** The one that it was merged into. */
  'incident merge': incidentSchema,
  /** The new one. */
  'incident split': incidentSchema,
  'incident undo': incidentSchema,
  'objective list': z.object({ objectives: z.array(objectiveStandingSchema) }),
  'objective show': objectiveStandingSchema,
  'objective set': objectiveStandingSchema,
  'objective clear': objectiveStandingSchema,
  'objective preview': objectivePreviewSchema,
  'alert list': z.object({ alerts: z.array(alertSchema), silences: z.array(silenceSchema) }),
  'alert show': z.object({
    alert: alertSchema,
    runbooks: z.array(z.object({ name: z.string(), title: z.string() })),
  }),
  'alert ack': alertSchema,
  'alert snooze': alertSchema,
  'alert escalate': alertSchema,
  'alert silence': silenceSchema,
  'alert unsilence': silenceSchema,
  'alert rules': z.object({ rules: z.array(alertRuleViewSchema) }),
  'alert test': replaySchema,
  'alert lint': z.object({
    files: z.array(z.string()),
    problems: z.array(fileProblemSchema),
    errors: z.number().int(),
    warnings: z.number().int(),
  }),
  'runbook list': z.object({ runbooks: z.array(runbookSummarySchema), metrics: libraryMetricsSchema }),
  'runbook show': runbookSchema,
  /** `runbook` with a name, `library` without. */
  'runbook metrics': z.object({
    library: libraryMetricsSchema.nullable(),
    runbook: runbookStepsMetricsSchema.nullable(),
  }),
  'runbook new': z.object({ name: z.string(), file: z.string() }),
  'runbook run': runEventSchema,
  'runbook run --dry-run': dryRunSchema,
  'runbook command': runDetailSchema,
  /** `run` is null without --yes: nothing was done. */
  'runbook roll-back': z.object({ plan: rollBackPlanSchema, run: runDetailSchema.nullable() }),
  'runbook runs': z.object({ runs: z.array(runSchema) }),
  /** `text`: its story in Markdown. `failed`: those that stand failed at its end. */
  'runbook export': z.object({
    run: runDetailSchema,
    sections: z.array(z.object({ section: z.string(), ms: z.number().int() })),
    skipped: z.array(z.object({ step: z.string(), title: z.string(), reason: z.string().nullable() })),
    failed: z.array(z.object({ step: z.string(), title: z.string(), seen: z.string().nullable() })),
    text: z.string(),
  }),
  'runbook lint': z.object({
    files: z.array(z.string()),
    problems: z.array(lintFindingSchema),
    errors: z.number().int(),
    warnings: z.number().int(),
  }),
  'agent new': z.object({ name: nameSchema, folder: z.string(), files: z.array(z.string()) }),
  'agent check': z.object({
    /** `name` is null where the file does not load. */
    agents: z.array(z.object({ name: nameSchema.nullable(), file: z.string() })),
    problems: z.array(fileProblemSchema),
    errors: z.number().int(),
    warnings: z.number().int(),
  }),
  'agent try': z.object({
    agent: nameSchema,
    file: z.string(),
    fixture: z.string().nullable(),
    real: z.boolean(),
    task: taskDetailSchema,
  }),
  backup: backupSchema,
  restore: restoredSchema,
  doctor: z.object({ findings: z.array(findingSchema) }),
  'audit list': auditPageSchema,
  'audit verify': auditVerdictSchema,
  /** Of an export to a file. */
  'audit export': z.object({ file: z.string(), entries: z.number().int() }),
  settings: settingsViewSchema,
  'route list': z.object({ routes: z.array(routeStandingSchema) }),
  'route test': deliverySchema,
  'route deliveries': z.object({ deliveries: z.array(deliverySchema) }),
  'secret set': secretViewSchema,
  'secret list': z.object({ secrets: z.array(secretViewSchema) }),
  'secret remove': secretViewSchema,
  'token make': madeIngestTokenSchema,
  'token list': z.object({ tokens: z.array(ingestTokenSchema) }),
  'token remove': ingestTokenSchema,
};
/** A document by its name. */
export type OutputName = keyof typeof OUTPUT;
/** What a document holds. */
export type Output<Name extends OutputName> = z.infer<(typeof OUTPUT)[Name]>;

/** What `--json` prints when a command fails. */
export const errorOutputSchema = z.object({
  error: z.object({
    code: z.enum(CODES),
    message: z.string(),
    kept: z.string(),
    next: z.string(),
    where: z.string().optional(),
  }),
});
/** A failure as a document. */
export type ErrorOutput = z.infer<typeof errorOutputSchema>;

/** Types that stand in several documents, by the name the docs give them. */
export const NAMED: Record<string, z.ZodType> = {
  Account: accountSchema,
  Canary: canarySchema,
  Watch: watchSchema,
  About: aboutSchema,
  Action: actionSchema,
  Actor: actorSchema,
  AgentHealth: agentHealthSchema,
  Alert: alertSchema,
  AlertRule: alertRuleViewSchema,
  Answer: answerSchema,
  Attempt: attemptSchema,
  Choice: choiceSchema,
  Delivery: deliverySchema,
  Correctness: correctnessSchema,
  Doubt: doubtSchema,
  Fault: faultSchema,
  FileProblem: fileProblemSchema,
  Finding: findingSchema,
  Change: changeSchema,
  Incident: incidentSchema,
  SpanStat: spanStatSchema,
  Integration: integrationSchema,
  Intervention: interventionSchema,
  Json: jsonSchema,
  ModelCall: modelCallSchema,
  ObjectiveStanding: objectiveStandingSchema,
  Outcome: outcomeSchema,
  Plan: planSchema,
  Provider: providerSchema,
  ProviderEvent: providerEventSchema,
  Question: questionSchema,
  Rate: rateSchema,
  Receipt: receiptSchema,
  Route: routeSchema,
  RunStep: runStepSchema,
  RunDetail: runDetailSchema,
  RunbookMetrics: runbookMetricsSchema,
  LibraryMetrics: libraryMetricsSchema,
  LintFinding: lintFindingSchema,
  StepPlan: stepPlanSchema,
  StepChange: stepChangeSchema,
  Sample: sampleSchema,
  Silence: silenceSchema,
  Spend: spendSchema,
  SecretView: secretViewSchema,
  Step: stepSchema,
  Task: taskSchema,
  TaskDetail: taskDetailSchema,
  TaskError: taskErrorSchema,
};
