import type { DryRun } from '#contract/runbook.ts';
import { fill } from '../parse/fill.ts';
import type { RunbooksOptions } from '../types.ts';
import { compileCheck } from './compile.ts';
import { readCheck } from './measure.ts';
import { planStep } from './plan-step.ts';
import { lookupIn, type RunRecord, type StepRecord } from './record.ts';
import { mannerOf } from './verb.ts';
import { titleOf } from './view.ts';
import { holdsNow } from './when.ts';

type Desk = Pick<RunbooksOptions, 'runtime' | 'measure' | 'settings' | 'canaries'>;
type Step = DryRun['steps'][number];

/** What a run that was never begun would do, step by step, as the state is now. Reads only. */
export function dryRun(record: RunRecord, desk: Desk): DryRun {
  const { runbook, title, inputs } = record.run;
  return { runbook, title, inputs, steps: record.steps.map((step) => tried(record, step, desk)) };
}

function tried(record: RunRecord, step: StepRecord, desk: Desk): Step {
  const { source } = step;
  const planned = planStep(record, step, desk);
  const base = {
    id: source.id,
    index: step.index,
    section: step.section,
    title: titleOf(record, step),
    directive: source.directive === null ? null : fill(source.directive.text, lookupIn(record)).text,
    verb: source.directive?.verb ?? null,
    plan: planned?.ok === true ? planned.value : null,
  };
  const when = source.directive?.when ?? null;
  if (when !== null && holdsNow(when, lookupIn(record), desk) === false) {
    return { ...base, ok: true, says: `would be passed over: ${when} does not hold` };
  }
  if (planned?.ok === false) return { ...base, ok: false, says: planned.error.message };
  if (planned !== null) return { ...base, ok: true, says: planned.value.willChange };
  return { ...base, ...looked(record, step, desk) };
}

/** What a step without a plan would do. */
function looked(record: RunRecord, step: StepRecord, desk: Desk): Pick<Step, 'ok' | 'says'> {
  const { directive, choices } = step.source;
  switch (mannerOf(step)) {
    case 'check': {
      if (directive?.check == null) return { ok: false, says: 'it measures nothing' };
      const compiled = compileCheck(directive.check, lookupIn(record));
      if (!compiled.ok) return { ok: false, says: compiled.error.message };
      const reading = readCheck(compiled.value, desk);
      if (reading.kind === 'no-data') return { ok: false, says: `cannot be measured now: ${reading.text}` };
      return { ok: true, says: `${reading.holds ? 'holds now' : 'does not hold now'}: ${reading.text}` };
    }
    case 'question':
      return { ok: true, says: `asks: ${choices.map((choice) => choice.value).join(', ') || 'a text'}` };
    case 'wait':
      return { ok: true, says: `waits ${directive?.positional[0] ?? ''}` };
    case 'show':
      return { ok: true, says: `shows ${directive?.positional[0] ?? ''}` };
    default:
      return { ok: true, says: 'done by hand' };
  }
}
