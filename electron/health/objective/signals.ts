import { writeSpan } from '#contract/basic.ts';
import type { ObjectiveInForce } from '#contract/objective.ts';
import { type Signal, shipped } from '../alert/rules.ts';
import { type Counts, type Judgement, judgeLatency, judgeSuccess, type WindowCounts } from './burn.ts';
import type { Forecast } from './forecast.ts';
import { failedOf, percentWord } from './words.ts';

/*
 * What the rules of an objective say of an agent, in the words of its alert. Pure.
 */

/** Counts of an agent by window: of its success, and of its latency bound. */
export type AgentCounts = { success: WindowCounts; latency: WindowCounts };

type Common = Pick<Signal, 'subject' | 'agents' | 'labels' | 'error'>;

/** The signals of an agent's objective. @param before what was said last: said again where nothing holds and nothing moved */
export function objectiveSignals(objective: ObjectiveInForce, counts: AgentCounts, before: Signal[] = []): Signal[] {
  const { agent, success, p95Ms } = objective;
  const budget = 1 - success;
  const judged = judgeSuccess(counts.success, budget);
  const latency = p95Ms === null ? null : judgeLatency(counts.latency);
  const events = [...Object.values(judged), ...(latency === null ? [] : [latency])].map(({ event }) => event);
  const isSame = before.length === events.length && before.every(({ event }, index) => event === events[index]);
  if (isSame && !events.includes('holds')) return before;
  const promised = percentWord(success);
  const common: Common = { subject: agent, agents: [agent], labels: { agent, objective: promised }, error: null };
  const fast = judged['success-burn-fast'];
  const slow = judged['success-burn-slow'];
  const collapse = judged['success-collapse'];
  const clears = `${agent} keeps its objective of ${promised} again`;
  const failing = (of: Judgement): string => failedOf(counts.success[of.window]);
  return [
    {
      ...common,
      ...shipped('success-burn-fast'),
      objective: 'success',
      event: fast.event,
      title: `${agent} fails: ${failing(fast)} in ${fast.window}, its objective is ${promised}`,
      fires: `${agent} burns its error budget ${times(fast)} as fast as it may`,
      clears,
      value: burnValue(fast, counts.success[fast.window]),
    },
    {
      ...common,
      ...shipped('success-burn-slow'),
      objective: 'success',
      event: slow.event,
      title: `${agent} misses its objective of ${promised}: ${failing(slow)} in ${slow.window}`,
      fires: `${agent} burns its error budget ${times(slow)} as fast as it may`,
      clears,
      value: burnValue(slow, counts.success[slow.window]),
    },
    {
      ...common,
      ...shipped('success-collapse'),
      objective: 'success',
      event: collapse.event,
      title: `${agent} collapses: ${failing(collapse)} in ${collapse.window}`,
      fires: `${agent} collapses: ${failing(collapse)} in ${collapse.window}`,
      clears,
      value: burnValue(collapse, counts.success[collapse.window]),
    },
    ...(p95Ms === null || latency === null ? [] : [latencySignal(common, agent, p95Ms, latency, counts.latency)]),
  ];
}

function latencySignal(common: Common, agent: string, p95Ms: number, judged: Judgement, counts: WindowCounts): Signal {
  const slower = failedOf(counts[judged.window], `took longer than ${writeSpan(p95Ms)}`);
  return {
    ...common,
    ...shipped('latency-objective'),
    labels: { ...common.labels, objective: `p95 ${writeSpan(p95Ms)}` },
    objective: 'latency',
    event: judged.event,
    title: `${agent} is slow: ${slower} in ${judged.window}`,
    fires: `${agent} is slower than promised: ${slower} in ${judged.window}`,
    clears: `${agent} is as fast as promised again`,
    value: burnValue(judged, counts[judged.window], 'slow'),
  };
}

function times({ burn }: Judgement): string {
  return burn === null ? '0x' : `${burn < 10 ? burn.toFixed(1) : Math.round(burn)}x`;
}

/** `burn 14x over 1h: 12 of 84 failed`. */
export function burnValue(judged: Judgement, counts: Counts, verb = 'failed'): string {
  if (judged.burn === null) return `nothing ended in ${judged.window}`;
  return `burn ${times(judged)} over ${judged.window}: ${failedOf(counts, verb)}`;
}

/** Whether the budget of the day lasts until its end. */
export function forecastSignal(agent: string, budgetUsd: number, forecast: Forecast): Signal {
  const { spentUsd, forecastUsd, reachedAt } = forecast;
  const usd = (value: number): string => `$${value.toFixed(2)}`;
  const isSpent = spentUsd >= budgetUsd;
  return {
    ...shipped('budget-forecast'),
    subject: `agent:${agent}`,
    // Once all is spent, the rule budget-reached speaks.
    event: isSpent || forecastUsd === null ? 'uncertain' : reachedAt === null ? 'cleared' : 'holds',
    title: `The budget of ${agent} will not last: ${usd(forecastUsd ?? spentUsd)} of ${usd(budgetUsd)} by the end of the day`,
    fires: `at this pace ${agent} spends its budget before the day ends`,
    clears: `at this pace the budget of ${agent} lasts`,
    agents: [agent],
    labels: { scope: 'agent', name: agent, agent },
    value: `${usd(spentUsd)} so far, ${forecastUsd === null ? 'no forecast yet' : `${usd(forecastUsd)} foretold`}, of ${usd(budgetUsd)}`,
    error: null,
  };
}
