import type { RunStep } from '#contract/runbook.ts';
import { clockTime, countdown, percentText } from '../../kit/index.ts';
import { isOver } from './word.ts';

/*
 * What a step of a run says of itself, in a line. Pure.
 */

/** What a step says once something happened to it: when, by whom, what was seen, when it ends by itself. */
export function seenLine(step: RunStep, now: number): string {
  const at = step.endedAt ?? step.startedAt;
  const parts = [
    at === null || step.state === 'todo' ? null : clockTime(at, 'seconds'),
    seenText(step, now),
    holdLine(step, now),
    step.seen === null && step.answer !== null ? `answered: ${step.answer}` : null,
    step.reason !== null && step.seen?.includes(step.reason) === true ? null : step.reason,
    step.checks > 0 && step.verb === 'verify' ? `asked ${step.checks} ${step.checks === 1 ? 'time' : 'times'}` : null,
    changeLine(step),
    leaseLine(step, now),
    step.by === null || step.state === 'todo' ? null : step.by.name,
  ];
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

function changeLine(step: RunStep): string | null {
  const before = step.before?.estimate ?? null;
  const after = step.after?.estimate ?? null;
  return before === null || after === null
    ? null
    : `success ${percentText(before)} before, ${percentText(after)} since`;
}

/** What was seen; without when it ends by itself, once that is over. */
function seenText(step: RunStep, now: number): string | null {
  return step.seen !== null && isOver(step, now) ? step.seen.replace(/, ends by itself at [\d:]+$/, '') : step.seen;
}

/** A check that holds: for how long it still has to, and that it is not over before. */
function holdLine(step: RunStep, now: number): string | null {
  if (step.state !== 'checking' || step.verb === 'wait') return null;
  if (step.holdsUntil !== null) return `holds: proven in ${countdown(step.holdsUntil - now)} if it goes on`;
  return step.dueAt === null ? null : `does not hold yet: fails in ${countdown(step.dueAt - now)}`;
}

function leaseLine(step: RunStep, now: number): string | null {
  if (step.until === null || step.state !== 'passed') return null;
  if (step.until <= now) return `ended by itself at ${clockTime(step.until)}`;
  if (isOver(step, now)) return 'ended or replaced before its time';
  // What was seen says when; what is left of it counts down.
  const at = step.seen?.includes('ends by itself') === true ? 'that is' : `ends by itself at ${clockTime(step.until)},`;
  return `${at} in ${countdown(step.until - now)}`;
}
