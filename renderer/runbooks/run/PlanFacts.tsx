import type { StepPlan } from '#contract/runbook.ts';
import { type Fact, Facts } from '../../kit/index.ts';

/** What an action will do, from live state, before anyone confirms it. `needs` says who has to agree. */
export function PlanFacts({ plan, needs }: { plan: StepPlan; needs: string | null }) {
  const facts: Fact[] = [
    { name: 'Will change', value: plan.willChange },
    { name: 'Touches', value: plan.touches },
    ...(plan.headroom === null ? [] : [{ name: 'Headroom', value: plan.headroom }]),
    { name: 'Undone by', value: plan.undoneBy },
    ...(needs === null ? [] : [{ name: 'Needs', value: needs }]),
  ];
  return <Facts facts={facts} />;
}
