import type { LaneAction, Outcome } from '#contract/action.ts';
import { fail } from '#contract/errors.ts';
import type { LaneRow } from '../../store/lane.ts';
import { budgetOf, concurrencyOf, type Lane } from './lane.ts';

type SetAction = Extract<LaneAction, { verb: 'set' }>;

/** A change of nothing is no action. */
export function badSet({ concurrency, budgetUsd }: SetAction): ReturnType<typeof fail> | undefined {
  if (concurrency !== undefined || budgetUsd !== undefined) return undefined;
  return fail('BAD_INPUT', 'Nothing is named that should be set.', {
    kept: 'Nothing was changed.',
    todo: 'Give a concurrency, a daily budget, or both.',
    where: 'concurrency',
  });
}

/** Puts back what was set before, or the file's own. */
export function undoOfSet({ agent, concurrency, budgetUsd }: SetAction, before: LaneRow): SetAction {
  return {
    verb: 'set',
    agent,
    ...(concurrency === undefined ? {} : { concurrency: before.set_concurrency }),
    ...(budgetUsd === undefined ? {} : { budgetUsd: before.set_budget_usd }),
  };
}

/** What an action sets, in words. */
export function settingsText({ concurrency, budgetUsd }: SetAction): string {
  return [
    ...(concurrency === undefined ? [] : [concurrency === null ? 'its own concurrency' : `${concurrency} at a time`]),
    ...(budgetUsd === undefined ? [] : [budgetUsd === null ? 'its own budget' : `$${budgetUsd} a day`]),
  ].join(', ');
}

export function willSet(action: SetAction, lane: Lane): string {
  const { concurrency, budgetUsd } = action;
  const own = lane.definition?.nightdesk;
  const usd = (value: number | null | undefined): string =>
    value === undefined || value === null ? 'no limit' : `$${value} a day`;
  return [
    ...(concurrency === undefined
      ? []
      : [
          `Concurrency of ${action.agent}: ${concurrencyOf(lane)} → ${concurrency ?? own?.intake.concurrency ?? 0}. Running tasks go on`,
        ]),
    ...(budgetUsd === undefined
      ? []
      : [`Budget of ${action.agent}: ${usd(budgetOf(lane).daily)} → ${usd(budgetUsd ?? own?.budget?.daily)}`]),
  ].join('. ');
}

/** Whether what was set is in force. */
export function setEvidence({ concurrency, budgetUsd }: SetAction, { control, running }: Lane): Outcome {
  const same =
    (concurrency === undefined || control.set_concurrency === concurrency) &&
    (budgetUsd === undefined || control.set_budget_usd === budgetUsd);
  if (!same) return { state: 'diverged', evidence: 'it was set otherwise since' };
  if (typeof concurrency === 'number' && running > concurrency) {
    return { state: 'pending', evidence: `${running} still running, ${concurrency} at a time from now on` };
  }
  return { state: 'applied', evidence: `in force, ${running} running` };
}
