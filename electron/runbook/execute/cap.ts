import { fail } from '#contract/errors.ts';
import type { StepPlan } from '#contract/runbook.ts';
import type { RunbooksOptions } from '../types.ts';

const HOUR_MS = 3_600_000;

type Desk = Pick<RunbooksOptions, 'settings' | 'now'> & { actsSince(from: number): number };

/** Why a step may not act now: it would reach further, or runs acted more often in the last hour, than settings allow. */
export function overCap(plan: StepPlan, desk: Desk): ReturnType<typeof fail> | null {
  const { actions, reach } = desk.settings();
  if ((plan.reach ?? 0) > reach) {
    return fail('CONFLICT', `It would touch ${plan.reach} tasks, and ${reach} is the most that one action may.`, {
      kept: 'Nothing was changed.',
      todo: 'Narrow it with limit=, or raise runbooks.reach in nightdesk.yaml.',
      where: 'runbooks.reach',
    });
  }
  if (desk.actsSince(desk.now() - HOUR_MS) >= actions) {
    return fail('CONFLICT', `Runs have acted ${actions} times in the last hour, which is the most they may.`, {
      kept: 'Nothing was changed.',
      todo: 'See what acts so often; act by hand, wait, or raise runbooks.actions in nightdesk.yaml.',
      where: 'runbooks.actions',
    });
  }
  return null;
}
