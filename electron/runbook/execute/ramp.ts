import { type Action, commandOf } from '#contract/action.ts';
import type { Directive } from '#contract/runbook.ts';
import type { RunbooksOptions } from '../types.ts';
import type { Reading } from './check-progress.ts';
import { compileCheck } from './compile.ts';
import { readCheck } from './measure.ts';
import { afterEvent, lookupIn, type RunRecord, type StepRecord, withStep } from './record.ts';
import { undoFor } from './undo.ts';
import { percent, spanInWords } from './words.ts';

/** How long a share is watched when the step does not say, ms. */
const DEFAULT_HOLD_MS = 120_000;

/** A share of a ramp whose effect is there: watched for its time, then followed by the next, under a key of its own. */
export function ramp(
  record: RunRecord,
  step: StepRecord,
  evidence: string,
  effects: Pick<RunbooksOptions, 'runtime' | 'measure' | 'now'>,
): RunRecord {
  const now = effects.now();
  const shares = step.source.directive?.ramp ?? [];
  const share = percent(shares[step.stage] ?? 1);
  const holdMs = step.source.directive?.holdMs ?? DEFAULT_HOLD_MS;
  if (step.stageUntil === null) {
    const seen = `${share}: ${evidence}`;
    return withStep(record, { ...step, ...undoFor(record, step), stageUntil: now + holdMs, seen });
  }
  if (now < step.stageUntil) return record;
  if (step.source.verify !== null) {
    const compiled = compileCheck(step.source.verify, lookupIn(record));
    const reading: Reading = compiled.ok
      ? readCheck(compiled.value, effects)
      : { kind: 'no-data', text: compiled.error.message };
    // More only where what there is does well; without data nobody knows.
    if (reading.kind === 'no-data' || !reading.holds) {
      const seen = `stopped at ${share}: ${reading.text}`;
      return afterEvent(record, step.index, 'diverged', { seen, endedAt: now });
    }
  }
  const stage = step.stage + 1;
  const { action, key } = step;
  if (action?.verb !== 'reroute' || key === null) throw new Error('a ramp that is no reroute');
  return withStep(record, {
    ...step,
    stage,
    stageUntil: null,
    action: { ...action, share: shares[stage] ?? 1 },
    key: `${key.replace(/-share-\d+$/, '')}-share-${stage}`,
  });
}

/** The first share as a command; those after it as comments, so that what is pasted goes no further than somebody looks. */
export function rampCommand(action: Action, { ramp, holdMs }: Directive): string {
  const look = `# look whether it holds for ${spanInWords(holdMs ?? DEFAULT_HOLD_MS)} before the next:`;
  return ramp
    .map((share) => commandOf(action.verb === 'reroute' ? { ...action, share } : action))
    .join(`\n${look}\n# `);
}
