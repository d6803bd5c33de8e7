import { z } from 'zod';
import { actionSchema, planSchema, receiptSchema } from './action.ts';
import { actorSchema, momentSchema, nameSchema, spanSchema } from './basic.ts';
import { rateSchema } from './health.ts';
import { findingSchema, rangeSchema } from './runbook-lint.ts';

/** Every verb a directive may have: a closed set. */
export const verbSchema = z.enum([
  'verify',
  'ask',
  'wait',
  'show',
  'pause',
  'resume',
  'drain',
  'reroute',
  'requeue',
  'cancel',
  'retry',
  'set',
  'reset',
  'run',
  'scale',
  'notify',
  'http',
  'shell',
]);
export type Verb = z.infer<typeof verbSchema>;

/** What a verify step measures: `success_rate(agent=x) >= 99%`. */
export const checkSchema = z.object({
  measure: z.enum([
    'breaker',
    'integration',
    'running_tasks',
    'queued_tasks',
    'looping_tasks',
    'oldest',
    'success_rate',
    'p95',
    'spend',
    'intake',
    'route',
    'worker_deaths',
    'alert',
  ]),
  args: z.record(z.string(), z.string()),
  operator: z.enum(['==', '!=', '>=', '<=', '>', '<']),
  /** As written: `open`, `0`, `99%`, `30s`. */
  expected: z.string(),
  /** It must hold this long, ms. */
  holdMs: spanSchema,
  /** It must have held by then, ms after the step began. */
  withinMs: spanSchema,
  everyMs: spanSchema,
});
export type Check = z.infer<typeof checkSchema>;

/** A parsed directive; `${name}` still stands in its values. */
export const directiveSchema = z.object({
  verb: verbSchema,
  /** As it stands in the file. */
  text: z.string(),
  args: z.record(z.string(), z.string()),
  /** `ask choice cause`: the kind and the name of the answer. `wait 5m`: the span. `show tasks(…)`: what is shown. */
  positional: z.array(z.string()),
  check: checkSchema.nullable(),
  confirm: z.enum(['none', 'press', 'type']),
  approvals: z.number().int(),
  forMs: spanSchema.nullable(),
  timeoutMs: spanSchema.nullable(),
  required: z.boolean(),
  /** `when=`, as written: where it does not hold, the step is passed over. */
  when: z.string().nullable(),
  /** `ramp=10%,50%,100%`: shares of the traffic in (0, 1], one after the other; empty without. */
  ramp: z.array(z.number()),
  /** `hold=`: how long each share of a ramp is watched before the next, ms. */
  holdMs: spanSchema.nullable(),
});
export type Directive = z.infer<typeof directiveSchema>;

export const sectionKindSchema = z.enum(['confirm', 'mitigate', 'diagnose', 'recover', 'verify', 'other']);

/** Where the pieces of a step stand in its file; null for what it does not have. */
export const stepPlacesSchema = z.object({
  /** From its marker to the end of what stands under it. */
  step: rangeSchema,
  /** Its first paragraph, without the box: title and directive. */
  title: rangeSchema.nullable(),
  /** The inline code of its directive, without the ticks. */
  directive: rangeSchema.nullable(),
  /** What stands after the words of a child key: the code without its ticks, the address of a link, or the text. */
  verify: rangeSchema.nullable(),
  undo: rangeSchema.nullable(),
  else: rangeSchema.nullable(),
  note: rangeSchema.nullable(),
});
export type StepPlaces = z.infer<typeof stepPlacesSchema>;

export const runbookStepSchema = z.object({
  /** `id=` or the slug of section and title; unique in the file. */
  id: z.string(),
  /** Inline Markdown, without the directive. */
  title: z.string(),
  line: z.number().int().positive(),
  places: stepPlacesSchema,
  directive: directiveSchema.nullable(),
  /** Child keys. */
  verify: checkSchema.nullable(),
  verifyText: z.string().nullable(),
  undo: z.string().nullable(),
  else: z.string().nullable(),
  note: z.string().nullable(),
  /** Choices of an ask step, with the section each jumps to. */
  choices: z.array(z.object({ value: z.string(), goto: z.string().nullable() })),
  /** The first fence under the step: what `http` sends, what `shell` runs, the input of `run`. */
  body: z.string().nullable(),
  /** Other children: Markdown for reading. */
  prose: z.string(),
});
export type RunbookStep = z.infer<typeof runbookStepSchema>;

export const runbookSectionSchema = z.object({
  id: z.string(),
  title: z.string(),
  kind: sectionKindSchema,
  prose: z.string(),
  steps: z.array(runbookStepSchema),
});
export type RunbookSection = z.infer<typeof runbookSectionSchema>;

export const runbookInputSchema = z.object({
  name: z.string(),
  type: z.enum(['agent', 'provider', 'text', 'number', 'span']),
  required: z.boolean(),
  /** A path filled from the alert, such as `alert.labels.agent`. */
  from: z.string().nullable(),
  default: z.string().nullable(),
});

/** A Markdown file, parsed. `live` is false for one without `runbook: 1`: all its steps are then done by hand. */
export const runbookSchema = z.object({
  name: nameSchema,
  file: z.string(),
  hash: z.string(),
  title: z.string(),
  live: z.boolean(),
  failure: z.string().nullable(),
  /** Rules of alerts that it answers. */
  matchAlerts: z.array(z.string()),
  inputs: z.array(runbookInputSchema),
  owner: z.string().nullable(),
  reviewed: z.string().nullable(),
  intro: z.string(),
  sections: z.array(runbookSectionSchema),
  problems: z.array(findingSchema),
});
export type Runbook = z.infer<typeof runbookSchema>;

export const runbookSummarySchema = runbookSchema
  .pick({
    name: true,
    title: true,
    live: true,
    failure: true,
    matchAlerts: true,
    owner: true,
    reviewed: true,
    file: true,
  })
  .extend({
    steps: z.number().int(),
    errors: z.number().int(),
    warnings: z.number().int(),
    lastRunAt: momentSchema.nullable(),
    lastOutcome: z.string().nullable(),
  });
export type RunbookSummary = z.infer<typeof runbookSummarySchema>;

/**
 * Where a step of a run stands. `checking` and `acting` are in progress: an action is `passed` only when its effect was
 * seen. `no-data` is a verify that could not measure: it never passes.
 */
export const runStepStateSchema = z.enum([
  'todo',
  'acting',
  'checking',
  'passed',
  'failed',
  'no-data',
  'skipped',
  'undone',
]);
export type RunStepState = z.infer<typeof runStepStateSchema>;

/** What a step will do, from live state; `action` is null for one that acts on no runtime (http, shell, run, notify). */
export const stepPlanSchema = planSchema.extend({ action: actionSchema.nullable() });
export type StepPlan = z.infer<typeof stepPlanSchema>;

export const runStepSchema = z.object({
  id: z.string(),
  index: z.number().int().nonnegative(),
  section: z.string(),
  sectionKind: sectionKindSchema,
  title: z.string(),
  /** The directive with its values filled in; null for a step done by hand. */
  directive: z.string().nullable(),
  verb: verbSchema.nullable(),
  /** Whether this version acts on the verb; false is done by hand. */
  live: z.boolean(),
  confirm: z.enum(['none', 'press', 'type']),
  approvals: z.number().int(),
  required: z.boolean(),
  prose: z.string(),
  note: z.string().nullable(),
  choices: z.array(z.object({ value: z.string(), goto: z.string().nullable() })),
  /** Where to go when the check fails. */
  else: z.string().nullable(),
  state: runStepStateSchema,
  startedAt: momentSchema.nullable(),
  endedAt: momentSchema.nullable(),
  by: actorSchema.nullable(),
  plan: stepPlanSchema.nullable(),
  /** Who has to agree, and who has; null where nobody has to. */
  needs: z.string().nullable(),
  approvedBy: z.array(z.string()),
  receipt: receiptSchema.nullable(),
  /** One line on what was seen, answered, or went wrong. */
  seen: z.string().nullable(),
  checks: z.number().int(),
  /** When its check has held for long enough, if it goes on holding; null while it does not hold. */
  holdsUntil: momentSchema.nullable(),
  /** It failed, and nobody knows whether it landed: the next try goes out under the same key. */
  inDoubt: z.boolean(),
  answer: z.string().nullable(),
  /** What `show`, `http`, `shell` or `run` came back with: masked, and cut where it is long. */
  output: z.string().nullable(),
  reason: z.string().nullable(),
  /** When a step in progress ends by itself: a wait, a check's deadline, a share of a ramp. */
  dueAt: momentSchema.nullable(),
  /** Whether its lease is in force, and can be renewed. */
  renewable: z.boolean(),
  /** The lease of a mitigation, and whether it can still be undone from here. */
  until: momentSchema.nullable(),
  undo: z.string().nullable(),
  before: rateSchema.nullable(),
  after: rateSchema.nullable(),
});
export type RunStep = z.infer<typeof runStepSchema>;

export const runSchema = z.object({
  id: z.number().int().positive(),
  runbook: nameSchema,
  hash: z.string(),
  title: z.string(),
  incident: z.number().int().nullable(),
  alert: z.string().nullable(),
  agent: z.string().nullable(),
  inputs: z.record(z.string(), z.string()),
  holder: actorSchema,
  startedAt: momentSchema,
  endedAt: momentSchema.nullable(),
  /** `recovered` only when its verify steps held. */
  outcome: z.enum(['recovered', 'ended']).nullable(),
  endReason: z.string().nullable(),
  /** The step that is next, null when all are behind. */
  current: z.string().nullable(),
  rehearsal: z.boolean(),
});
export type Run = z.infer<typeof runSchema>;

/** One step that the file has otherwise than the run, which keeps the file as it was when the run began. */
export const stepChangeSchema = z.object({
  step: z.string(),
  kind: z.enum(['changed', 'added', 'removed']),
  title: z.string(),
  /** The step's lines in Markdown, as the run has them and as the file has them now. */
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type StepChange = z.infer<typeof stepChangeSchema>;

export const runDetailSchema = runSchema.extend({
  heldSince: momentSchema,
  /** People who have it open, by name. */
  viewers: z.array(z.string()),
  /** How it came to its holder; null as long as who started it holds it. */
  handedOver: z.string().nullable(),
  /** The step that a roll back under way leads to. */
  rollingBackTo: z.string().nullable(),
  /** Steps that the file has otherwise by now, to adopt or ignore; null while there are none. */
  edited: z.object({ hash: z.string(), changes: z.array(stepChangeSchema) }).nullable(),
  steps: z.array(runStepSchema),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/** What a run would do, step by step, from the state as it is now. Nothing is changed, and nothing is written. */
export const dryRunSchema = z.object({
  runbook: nameSchema,
  title: z.string(),
  inputs: z.record(z.string(), z.string()),
  steps: z.array(
    z.object({
      id: z.string(),
      index: z.number().int().nonnegative(),
      section: z.string(),
      title: z.string(),
      directive: z.string().nullable(),
      verb: verbSchema.nullable(),
      plan: stepPlanSchema.nullable(),
      /** What it would see, ask or need; or why it cannot be planned yet. */
      says: z.string(),
      /** False where it could not be done as the state is now. */
      ok: z.boolean(),
    }),
  ),
});
export type DryRun = z.infer<typeof dryRunSchema>;

/** What a roll back would do, the last step first. */
export const rollBackPlanSchema = z.array(
  z.object({ step: z.string(), title: z.string(), plan: planSchema.nullable(), says: z.string() }),
);
export type RollBackPlan = z.infer<typeof rollBackPlanSchema>;

/** What a person does to the current step of a run. The console sends step ids, never text to run. */
export const runCommandSchema = z.discriminatedUnion('do', [
  /** Act on the plan shown, or start a check. `typed` is the agent's name where `confirm=type` asks for it. */
  z.object({
    do: z.literal('confirm'),
    step: z.string(),
    planHash: z.string().optional(),
    typed: z.string().optional(),
  }),
  /** Check off a step done by hand. */
  z.object({ do: z.literal('check-off'), step: z.string() }),
  /** Answer a question. `else` on a failed check goes where its `else:` leads. */
  z.object({ do: z.literal('answer'), step: z.string(), choice: z.string() }),
  /** Going on past a step takes a reason. */
  z.object({ do: z.literal('skip'), step: z.string(), reason: z.string().min(3).max(500) }),
  z.object({ do: z.literal('retry'), step: z.string() }),
  z.object({ do: z.literal('undo'), step: z.string() }),
  /** Stops a step in progress. A wait is then over; whatever else was under way has failed. */
  z.object({ do: z.literal('cancel'), step: z.string(), reason: z.string().trim().min(3).max(500) }),
  /** Its lease begins anew, as long as it was. */
  z.object({ do: z.literal('renew'), step: z.string() }),
  /** Undoes what was done from this step on, the last first, and stands at this step again. */
  z.object({ do: z.literal('roll-back'), step: z.string() }),
  /** Takes the run from its holder, who is told. */
  z.object({ do: z.literal('take-over') }),
  z.object({ do: z.literal('hand-over'), to: z.string().trim().min(1).max(120) }),
  /** Takes steps over from the file as it is now, or keeps the run's own. */
  z.object({ do: z.enum(['adopt', 'ignore']), hash: z.string(), steps: z.array(z.string()).min(1).max(500) }),
  z.object({ do: z.literal('end'), reason: z.string().max(500).optional() }),
]);
export type RunCommand = z.infer<typeof runCommandSchema>;
