import type { Action } from '#contract/action.ts';
import type { Actor } from '#contract/basic.ts';
import type { Result } from '#contract/errors.ts';
import type { Check } from '#contract/runbook.ts';
import type { RunbooksOptions } from '../types.ts';
import { runCanary } from './canary.ts';
import { beginCheck, judge, nextReadingAt, type Reading, type Verdict } from './check-progress.ts';
import { compileCheck } from './compile.ts';
import { leaseOf } from './lease.ts';
import { readCheck } from './measure.ts';
import { sendMessage } from './message.ts';
import { ramp } from './ramp.ts';
import { afterEvent, lookupIn, type RunRecord, type StepRecord, withStep } from './record.ts';
import { look } from './show.ts';
import { undoFor } from './undo.ts';
import { isAction, mannerOf } from './verb.ts';
import { clockTime, spanInWords } from './words.ts';

export type Effects = Pick<
  RunbooksOptions,
  'runtime' | 'measure' | 'notify' | 'now' | 'canaries' | 'settings' | 'mask' | 'incident'
>;
type Advanced = { record: RunRecord; refused: Result<never> | null };

/** How often an action in progress is asked whether its effect is there, ms. */
const VERIFY_EVERY_MS = 250;
/** How long an effect may take to be seen when the step does not say, ms. */
const DEFAULT_TIMEOUT_MS = 120_000;
/** What a rate before and after an action looks back over, ms. */
const HEALTH_WINDOW_MS = 300_000;

/**
 * Moves a step in progress on by one: sends the action when that has not been answered yet, else looks for its effect, or
 * measures. Safe to repeat after a crash at any point: an action goes out with the key that was journaled before it.
 * @returns the run as it then stands, and why the runtime refused when it did
 */
export async function advance(record: RunRecord, step: StepRecord, effects: Effects): Promise<Advanced> {
  const manner = mannerOf(step);
  if (step.state === 'checking') {
    return {
      record: manner === 'wait' ? endWait(record, step, effects) : measure(record, step, effects),
      refused: null,
    };
  }
  if (manner === 'message') return { record: await sendMessage(record, step, effects), refused: null };
  if (manner === 'show') return { record: look(record, step, effects), refused: null };
  if (manner === 'canary') return { record: await runCanary(record, step, effects), refused: null };
  // A job runs beside the run, and tells by itself when it ends.
  if (manner === 'job') return { record, refused: null };
  if (step.receipt === null || step.receipt.key !== step.key) return execute(record, step, effects);
  return { record: lookForEffect(record, step, effects), refused: null };
}

/** When to call `advance` again on a step in progress. */
export function nextAdvanceAt(step: StepRecord, now: number): number {
  const check = checkOf(step);
  if (mannerOf(step) === 'wait') return Math.max(now, step.progress?.deadlineAt ?? now);
  if (step.state === 'acting' && isAction(step) && step.receipt?.key !== step.key) return now;
  if (step.state === 'acting' || step.progress === null || check === null) return now + VERIFY_EVERY_MS;
  return nextReadingAt(check, step.progress, now);
}

function checkOf(step: StepRecord): Check | null {
  return step.source.directive?.check ?? step.source.verify;
}

async function execute(record: RunRecord, step: StepRecord, effects: Effects): Promise<Advanced> {
  const { action, key } = step;
  if (action === null || key === null || step.by === null) throw new Error('a step acts without an action');
  const by: Actor = { name: step.by.name, via: 'runbook' };
  // The plan's hash goes along after a restart too: an action that never landed is not sent into a state nobody saw.
  const answered = await effects.runtime.execute(action, key, by, planHashOf(step));
  if (!answered.ok) {
    const { message } = answered.error;
    if (step.renewing) {
      const changes = { renewing: false, seen: `the lease is as it was: ${message}` };
      return { record: afterEvent(record, step.index, 'kept', changes), refused: answered };
    }
    // What a ramp or an undo has begun is not undone by a refusal: the step stands failed, not open.
    const begun = step.undoing || step.stage > 0;
    const event = begun ? 'diverged' : 'refused';
    const seen = step.undoing ? `The undo was refused: ${message}` : message;
    const changes = begun
      ? { seen, undoing: false, endedAt: effects.now() }
      : { seen, plan: null, action: null, key: null, startedAt: null };
    return { record: afterEvent(record, step.index, event, changes), refused: answered };
  }
  const accepted = { ...step, receipt: answered.value };
  return { record: lookForEffect(withStep(record, accepted), accepted, effects), refused: null };
}

function planHashOf(step: StepRecord): string | undefined {
  if (step.undoing) return step.undoHash ?? undefined;
  // A renewal and the later shares of a ramp go out on what the run itself made of the state.
  return step.renewing || step.stage > 0 ? undefined : step.plan?.hash;
}

/** How long the effect of a step's action may take to be seen, ms: no less than the check under it allows. */
function timeoutOf(step: StepRecord): number {
  return step.source.directive?.timeoutMs ?? Math.max(DEFAULT_TIMEOUT_MS, step.source.verify?.withinMs ?? 0);
}

/** Asks whether the effect of an accepted action is there. */
function lookForEffect(record: RunRecord, step: StepRecord, effects: Effects): RunRecord {
  const { receipt } = step;
  if (receipt === null) return record;
  const now = effects.now();
  const outcome = effects.runtime.verify(receipt);
  const timeoutMs = timeoutOf(step);
  if (outcome.state === 'pending' && now < receipt.acceptedAt + timeoutMs) {
    return step.seen === outcome.evidence ? record : withStep(record, { ...step, seen: outcome.evidence });
  }
  if (outcome.state !== 'applied') {
    const late = outcome.state === 'pending' ? `not seen after ${spanInWords(timeoutMs)}: ` : '';
    const seen = `accepted, but ${late}${outcome.evidence}`;
    return afterEvent(record, step.index, 'diverged', {
      ...undoFor(record, step),
      seen,
      endedAt: now,
      undoing: false,
      renewing: false,
    });
  }
  if (step.undoing) {
    return afterEvent(record, step.index, 'undone', {
      seen: `undone: ${outcome.evidence}`,
      endedAt: now,
      undoing: false,
      until: null,
    });
  }
  if (step.renewing) {
    const { until } = withLease(step, effects);
    const seen = until === null ? outcome.evidence : `renewed: ends by itself at ${clockTime(until)}`;
    return afterEvent(record, step.index, 'applied', { seen, until, renewing: false });
  }
  if (step.stage < (step.source.directive?.ramp.length ?? 0) - 1) return ramp(record, step, outcome.evidence, effects);
  const applied = { ...step, ...undoFor(record, step), ...withLease(step, effects) };
  if (step.source.verify === null) {
    return passAction(withStep(record, applied), applied, outcome.evidence, effects);
  }
  const progress = beginCheck(step.source.verify, now);
  const checking = { ...applied, progress, seen: outcome.evidence };
  const begun = afterEvent(withStep(record, checking), step.index, 'check');
  return measure(begun, { ...checking, state: 'checking' }, effects);
}

function withLease(step: StepRecord, effects: Effects): Pick<StepRecord, 'until'> {
  const action: Action | null = step.receipt?.action ?? null;
  const lease = action === null ? undefined : leaseOf(action, effects.runtime.snapshot().interventions);
  return { until: lease?.until ?? null };
}

/** An action whose effect was seen: "accepted in 41 ms, 0 running after 18 s, ends by itself at 03:17". */
function passAction(record: RunRecord, step: StepRecord, evidence: string, effects: Effects): RunRecord {
  const now = effects.now();
  const startedAt = step.startedAt ?? now;
  const acceptedAt = step.receipt?.acceptedAt ?? now;
  const parts = [
    `accepted in ${spanInWords(Math.max(0, acceptedAt - startedAt))}`,
    `${evidence} after ${spanInWords(Math.max(0, now - startedAt))}`,
  ];
  if (step.until !== null) parts.push(`ends by itself at ${clockTime(step.until)}`);
  const changes: Partial<StepRecord> = {
    seen: parts.join(', '),
    endedAt: now,
    runningSeen: runningOf(step.receipt?.action, effects),
    after: healthOf(step, effects, now - startedAt),
  };
  return afterEvent(record, step.index, step.state === 'checking' ? 'held' : 'applied', changes);
}

function runningOf(action: Action | undefined, effects: Effects): number | null {
  if (action?.verb !== 'pause' && action?.verb !== 'drain') return null;
  return effects.runtime.snapshot().lanes.find((lane) => lane.agent === action.agent)?.running ?? null;
}

/** A wait whose time has come. */
function endWait(record: RunRecord, step: StepRecord, effects: Effects): RunRecord {
  const now = effects.now();
  const { progress, startedAt } = step;
  if (progress === null || now < progress.deadlineAt) return record;
  const seen = `waited ${spanInWords(progress.deadlineAt - (startedAt ?? now))}`;
  return afterEvent(record, step.index, 'held', { seen, endedAt: now });
}

/** The agent's success rate as it stands, for the record of an action. */
export function healthOf(
  step: StepRecord,
  effects: Pick<Effects, 'measure'>,
  windowMs = HEALTH_WINDOW_MS,
): StepRecord['before'] {
  const agent = step.action !== null && 'agent' in step.action ? step.action.agent : null;
  return agent == null ? null : effects.measure.rate(agent, Math.max(windowMs, 1_000));
}

/** Takes one reading of a step's check. */
function measure(record: RunRecord, step: StepRecord, effects: Effects): RunRecord {
  const check = checkOf(step);
  if (check === null || step.progress === null) throw new Error('a step measures without a check');
  const now = effects.now();
  const compiled = compileCheck(check, lookupIn(record));
  const reading: Reading = compiled.ok
    ? readCheck(compiled.value, effects)
    : { kind: 'no-data', text: compiled.error.message };
  const { progress, verdict } = judge(check, step.progress, reading, now);
  const measured = { ...step, progress };
  if (verdict === 'held' && isAction(step)) {
    return passAction(withStep(record, measured), measured, reading.text, effects);
  }
  const seen = verdict === null ? reading.text : endOfCheck(check, verdict, reading, now - (step.startedAt ?? now));
  if (verdict === null) return withStep(record, { ...measured, seen });
  return afterEvent(record, step.index, verdict, { progress, seen, endedAt: now });
}

function endOfCheck(check: Check, verdict: Verdict, reading: Reading, tookMs: number): string {
  switch (verdict) {
    case 'held':
      return check.holdMs > 0
        ? `${reading.text}, held for ${spanInWords(check.holdMs)}`
        : `${reading.text}, after ${spanInWords(tookMs)}`;
    case 'not-held':
      return `did not hold within ${spanInWords(check.withinMs)}: ${reading.text}`;
    case 'no-data':
      return `could not be measured within ${spanInWords(check.withinMs)}: ${reading.text}`;
  }
}
