import type { AgentDetail } from '#contract/agent.ts';
import { Button, clockTime, countText, type Fact, Facts, Panel, percentText, spanText, usdText } from '../kit/index.ts';

/** What bounds it: at a time, a minute, an attempt, a tool call, a task. What was set over its file is said. */
export function LimitsPanel({ agent, onSet }: { agent: AgentDetail; onSet(): void }) {
  return (
    <Panel
      title="Limits"
      end={
        <Button keys="c" onClick={onSet}>
          Change…
        </Button>
      }
    >
      <Facts facts={factsOf(agent)} />
    </Panel>
  );
}

function factsOf(agent: AgentDetail): Fact[] {
  const { limits, loop, review, inForce } = agent;
  const own =
    inForce.concurrency === agent.concurrency ? '' : `; its file says ${agent.concurrency}${untilText(agent)}`;
  return [
    { name: 'At a time', value: `${countText(inForce.concurrency)}${own}` },
    {
      name: 'Starts',
      value:
        limits.rate === null ? 'as they come' : `${countText(limits.rate.count)} in ${spanText(limits.rate.perMs)}`,
    },
    ...(limits.per === null ? [] : [{ name: 'One for each', value: <code>{limits.per}</code> }]),
    { name: 'Queue', value: `${countText(limits.queue)} at most` },
    { name: 'Attempts', value: `${agent.attempts} of ${spanText(agent.timeoutMs)} each` },
    { name: 'Tool call', value: spanText(limits.toolMs) },
    { name: 'Task cost', value: limits.costUsd === null ? 'no limit' : `${usdText(limits.costUsd)}, then a person` },
    { name: 'Turns', value: `${limits.maxTurns}, answers of ${countText(limits.outputTokens)} tokens` },
    { name: 'Loops', value: `told at ${loop.nudge} repeats, a person at ${loop.stop}` },
    { name: 'Review', value: reviewText(review) },
    ...(agent.judge === null ? [] : [{ name: 'Judge', value: <code>{agent.judge}</code> }]),
    { name: 'Samples', value: samplesText(agent.sample) },
    ...listFact('Approval', agent.approval),
    ...listFact('Critical', agent.critical),
    ...listFact('Secrets', agent.secrets),
  ];
}

function listFact(name: string, values: readonly string[]): Fact[] {
  return values.length === 0 ? [] : [{ name, value: <code>{values.join(', ')}</code> }];
}

function reviewText(review: AgentDetail['review']): string {
  if (review === null) return 'none';
  if (review.always) return 'every output';
  return review.below === undefined ? 'none' : `outputs with a confidence below ${review.below}`;
}

function samplesText({ rate, minimum, most, judge }: AgentDetail['sample']): string {
  if (rate === 0 && minimum === 0) return 'none';
  const scored = judge === null ? '' : `; ${judge.model} scores ${percentText(judge.share)}`;
  return `${percentText(rate)} of successes, ${minimum} to ${most} a day of each kind${scored}`;
}

function untilText({ inForce }: AgentDetail): string {
  return inForce.until === null ? '' : `, and again from ${clockTime(inForce.until)}`;
}
