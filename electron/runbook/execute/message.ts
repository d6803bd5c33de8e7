import { fail } from '#contract/errors.ts';
import type { RunbooksOptions } from '../types.ts';
import { fillArguments } from './compile.ts';
import { afterEvent, lookupIn, type RunRecord, type StepRecord } from './record.ts';

/** Sends the message of a `notify` step, once whatever happens: its key goes along. */
export async function sendMessage(
  record: RunRecord,
  step: StepRecord,
  { notify, now }: Pick<RunbooksOptions, 'notify' | 'now'>,
): Promise<RunRecord> {
  const args = fillArguments(step.source.directive?.args ?? {}, lookupIn(record));
  const channel = args.ok ? args.value.channel : undefined;
  const text = args.ok ? args.value.text : undefined;
  const sent =
    channel === undefined || text === undefined || step.key === null
      ? fail('BAD_INPUT', args.ok ? 'The message has no channel or text.' : args.error.message, {
          kept: 'Nothing was sent.',
          todo: 'Tell them by hand, and skip the step with a reason.',
        })
      : await notify(channel, text, step.key);
  const endedAt = now();
  return sent.ok
    ? afterEvent(record, step.index, 'done', { seen: sent.value, endedAt })
    : afterEvent(record, step.index, 'diverged', { seen: sent.error.message, endedAt });
}
