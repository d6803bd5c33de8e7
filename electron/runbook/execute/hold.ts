import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RunCommand } from '#contract/runbook.ts';
import type { Caller } from './command.ts';
import { currentStep, type RunRecord } from './record.ts';
import { clockTime } from './words.ts';

/*
 * Who holds a run: one person acts, others look on, approve, or take it over. Pure.
 */

/** Refused for who does not hold the run; a confirmation that counts as an approval is not. */
export function refusedToOthers(record: RunRecord, command: RunCommand, { by }: Caller): Result<null> {
  const { holder, id } = record.run;
  if (by.name === holder.name || command.do === 'take-over') return succeed(null);
  const step = currentStep(record);
  const approves = command.do === 'confirm' && step?.source.id === command.step;
  if (approves && (step.source.directive?.approvals ?? 1) > 1) return succeed(null);
  return fail('CONFLICT', `${holder.name} holds run ${id} since ${clockTime(record.heldSince)}.`, {
    kept: 'Nothing was changed.',
    todo: `Ask ${holder.name}, or take the run over: ${holder.name} is told.`,
  });
}

/** The run with another holder. Both are told by how it came to that. */
export function handOver(
  record: RunRecord,
  command: Extract<RunCommand, { do: 'take-over' | 'hand-over' }>,
  { by }: Caller,
  now: number,
): Result<RunRecord> {
  const before = record.run.holder;
  const holder = command.do === 'take-over' ? by : { name: command.to, via: 'console' as const };
  if (holder.name === before.name) {
    return fail('CONFLICT', `${before.name} holds the run already.`, {
      kept: 'Nothing was changed.',
      todo: 'Go on with it.',
    });
  }
  const handedOver =
    command.do === 'take-over'
      ? `${by.name} took it over from ${before.name} at ${clockTime(now)}`
      : `${by.name} handed it to ${holder.name} at ${clockTime(now)}`;
  return succeed({ ...record, run: { ...record.run, holder }, heldSince: now, handedOver });
}
