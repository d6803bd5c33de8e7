import type { Alert } from '#contract/alert.ts';
import { type Actor, nameSchema, parseSpan } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Runbook } from '#contract/runbook.ts';
import type { Known, StartRequest } from '../types.ts';
import { FRESH_RUN, freshStep, type RunRecord, type StepRecord, withSteps } from './record.ts';

type Begin = {
  request: StartRequest;
  alert: Alert | undefined;
  known: Known;
  by: Actor;
  rehearsal: boolean;
  now: number;
};

const NOT_STARTED = 'No run was started.';

/** A new run of a runbook, its inputs filled from what was given, then the alert, then the file's defaults. Its id is 0. */
export function beginRun(runbook: Runbook, begin: Begin): Result<RunRecord> {
  const inputs = fillInputs(runbook, begin);
  if (!inputs.ok) return inputs;
  const fromAlert = begin.alert === undefined ? {} : valuesOf(begin.alert);
  const agentInput = runbook.inputs.find((input) => input.type === 'agent' && inputs.value[input.name] !== undefined);
  const record: RunRecord = {
    run: {
      id: 0,
      runbook: runbook.name,
      hash: runbook.hash,
      title: runbook.title,
      incident: begin.request.incident ?? null,
      alert: begin.alert?.rule ?? null,
      agent: inputs.value[agentInput?.name ?? ''] ?? begin.alert?.labels.agent ?? null,
      inputs: inputs.value,
      holder: begin.by,
      startedAt: begin.now,
      endedAt: null,
      outcome: null,
      endReason: null,
      current: null,
      rehearsal: begin.rehearsal,
    },
    values: { ...fromAlert, ...inputs.value },
    steps: [],
    heldSince: begin.now,
    ...FRESH_RUN,
  };
  return succeed(withSteps(record, stepsOf(runbook)));
}

/** The steps of a runbook, none of them begun. */
export function stepsOf(runbook: Runbook): StepRecord[] {
  const jumpedTo = new Set(
    runbook.sections.flatMap((section) =>
      section.steps.flatMap((step) => [step.else, ...step.choices.map((choice) => choice.goto)]),
    ),
  );
  const places = runbook.sections.flatMap((section) =>
    section.steps.map((source) => ({
      source,
      section: section.title,
      sectionId: section.id,
      sectionKind: section.kind,
      detour: section.kind === 'other' && jumpedTo.has(section.id),
    })),
  );
  return places.map((place, index) => freshStep({ ...place, index, serial: index }));
}

/** What `${alert.…}` stands for: its fields, its labels, and its labels again without `labels.` where no field has the name. */
function valuesOf(alert: Alert): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(alert.labels)) {
    values[`alert.${name}`] = value;
    values[`alert.labels.${name}`] = value;
  }
  return {
    ...values,
    'alert.rule': alert.rule,
    'alert.subject': alert.subject,
    'alert.summary': alert.summary,
    'alert.value': alert.value,
  };
}

function fillInputs(runbook: Runbook, begin: Begin): Result<Record<string, string>> {
  const known = runbook.inputs.map((input) => input.name);
  const unknown = Object.keys(begin.request.inputs).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return fail('BAD_INPUT', `${runbook.name} has no input ${unknown}.`, {
      kept: NOT_STARTED,
      todo: known.length === 0 ? 'It takes no inputs.' : `It takes ${known.join(', ')}.`,
    });
  }
  const fromAlert = begin.alert === undefined ? {} : valuesOf(begin.alert);
  const filled: Record<string, string> = {};
  for (const input of runbook.inputs) {
    const given = begin.request.inputs[input.name];
    const found = given ?? fromAlert[input.from ?? ''] ?? input.default ?? undefined;
    // What nobody typed and nothing requires must not keep a run from starting: the step that needs it says so.
    const stray =
      given === undefined && !input.required && found !== undefined && !fits(input.type, found, begin.known);
    const value = stray ? undefined : found;
    if (value === undefined && input.required) {
      return fail('BAD_INPUT', `${runbook.name} needs ${input.name}.`, {
        kept: NOT_STARTED,
        todo: `Give ${input.name}: ${wantedOf(input.type, begin.known)}.`,
      });
    }
    if (value === undefined) continue;
    if (!fits(input.type, value, begin.known)) {
      return fail('BAD_INPUT', `${input.name} is "${value.slice(0, 60)}", which does not fit.`, {
        kept: NOT_STARTED,
        todo: `Give ${input.name}: ${wantedOf(input.type, begin.known)}.`,
      });
    }
    filled[input.name] = value;
  }
  return succeed(filled);
}

type InputType = Runbook['inputs'][number]['type'];

function fits(type: InputType, value: string, known: Known): boolean {
  switch (type) {
    case 'agent':
      return nameSchema.safeParse(value).success && known.agents.includes(value);
    case 'provider':
      return nameSchema.safeParse(value).success && known.providers.includes(value);
    case 'number':
      return value.trim() !== '' && Number.isFinite(Number(value));
    case 'span':
      return parseSpan(value) !== undefined;
    case 'text':
      return true;
  }
}

function wantedOf(type: InputType, known: Known): string {
  switch (type) {
    case 'agent':
      return `one of the agents ${known.agents.join(', ') || '(none here)'}`;
    case 'provider':
      return `one of the providers ${known.providers.join(', ') || '(none here)'}`;
    case 'number':
      return 'a number';
    case 'span':
      return 'a span such as 30m';
    case 'text':
      return 'a text';
  }
}
