import { parseSpan } from '#contract/basic.ts';
import type { Check } from '#contract/runbook.ts';
import { MEASURES } from '#contract/runbook-grammar.ts';
import type { Lane } from '#contract/runtime.ts';
import { DEFAULT_RATE_WINDOW_MS, parseQuantity } from '../parse/grammar.ts';
import type { RunbooksOptions } from '../types.ts';
import type { Reading } from './check-progress.ts';
import { percent, spanInWords } from './words.ts';

type Sources = Pick<RunbooksOptions, 'runtime' | 'measure'>;
type Measured = { value: number | string; text: string } | { value: undefined; text: string };

/** Measures what a check asks for, once. @param check with its values filled in */
export function readCheck(check: Check, sources: Sources): Reading {
  const measured = take(check, sources);
  if (measured.value === undefined) return { kind: 'no-data', text: measured.text };
  const holds = compare(measured.value, check);
  if (holds === undefined)
    return { kind: 'no-data', text: `${measured.text}; nothing to compare with: ${check.expected}` };
  return { kind: 'data', holds, text: measured.text };
}

function take(check: Check, sources: Sources): Measured {
  const agent = check.args.agent ?? '';
  switch (check.measure) {
    case 'breaker': {
      const name = check.args.provider ?? '';
      const provider = sources.runtime.snapshot().providers.find((one) => one.name === name);
      return provider === undefined
        ? { value: undefined, text: `no provider is called ${name}` }
        : { value: provider.breaker, text: `${name}'s breaker is ${provider.breaker}` };
    }
    case 'integration': {
      const name = check.args.name ?? '';
      const integration = sources.runtime.snapshot().integrations.find((one) => one.name === name);
      return integration === undefined
        ? { value: undefined, text: `no tool reached an integration ${name}` }
        : { value: integration.breaker, text: `${name}'s breaker is ${integration.breaker}` };
    }
    case 'running_tasks':
      return ofLane(agent, sources, (lane) => ({ value: lane.running, text: `${lane.running} running` }));
    case 'queued_tasks':
      return ofLane(agent, sources, (lane) => ({ value: lane.queued, text: `${lane.queued} queued` }));
    case 'looping_tasks':
      return ofLane(agent, sources, () => {
        const count = sources.runtime.snapshot().looping.filter((one) => one.agent === agent).length;
        return { value: count, text: `${count} repeat themselves` };
      });
    case 'oldest':
      return ofSpan(sources.measure.oldest(agent), 'the oldest waits for', `no agent is called ${agent}`);
    case 'p95': {
      const windowMs = windowOf(check);
      const none = `no task ended in the last ${spanInWords(windowMs)}`;
      return ofSpan(sources.measure.p95(agent, windowMs), '95 of 100 end within', none);
    }
    case 'spend': {
      const spend = sources.runtime.snapshot().spends.find((one) => one.scope === 'agent' && one.name === agent);
      return spend?.share == null
        ? { value: undefined, text: `${agent} has no budget` }
        : { value: spend.share, text: `${percent(spend.share)} of today's budget is spent` };
    }
    case 'worker_deaths': {
      const deaths = sources.runtime.snapshot().workers.youngDeaths;
      return { value: deaths, text: `${deaths} workers died one after the other` };
    }
    case 'intake':
      return ofLane(agent, sources, (lane) => ({ value: lane.intake, text: `intake is ${lane.intake}` }));
    case 'route':
      return ofLane(agent, sources, (lane) => ({
        value: lane.route[0],
        text: `the route begins with ${lane.route[0] ?? 'nothing'}`,
      }));
    case 'success_rate':
      return takeRate(agent, windowOf(check), sources);
    case 'alert': {
      const rule = check.args.rule ?? '';
      const state = sources.measure.alertState(rule, aboutOf(check.args));
      return state === undefined
        ? { value: undefined, text: `${rule} was never evaluated` }
        : { value: state, text: `${rule} is ${state}` };
    }
  }
}

function ofLane(agent: string, sources: Sources, read: (lane: Lane) => Measured): Measured {
  const lane = sources.runtime.snapshot().lanes.find((one) => one.agent === agent);
  return lane === undefined ? { value: undefined, text: `no agent is called ${agent}` } : read(lane);
}

/** Whose alert it is. */
function aboutOf({ about, provider, integration, agent }: Check['args']): string | undefined {
  return about ?? provider ?? integration ?? agent;
}

/** @param ms null for no data, which `none` says */
function ofSpan(ms: number | null, says: string, none: string): Measured {
  return ms === null ? { value: undefined, text: none } : { value: ms, text: `${says} ${spanInWords(ms)}` };
}

/** How far a measure looks back, ms. */
function windowOf({ args: { within } }: Check): number {
  return (within === undefined ? undefined : parseSpan(within)) ?? DEFAULT_RATE_WINDOW_MS;
}

function takeRate(agent: string, windowMs: number, sources: Sources): Measured {
  const rate = sources.measure.rate(agent, windowMs);
  const span = spanInWords(windowMs);
  if (rate.estimate === null) return { value: undefined, text: `no task ended in the last ${span}` };
  return { value: rate.estimate, text: `${percent(rate.estimate)} good in ${span} (${rate.good}/${rate.total})` };
}

/** @returns undefined when the two cannot be compared */
function compare(value: number | string, { measure, operator, expected }: Check): boolean | undefined {
  const asNumber = MEASURES[measure].compares === 'span' ? parseSpan : parseQuantity;
  const wanted = typeof value === 'number' ? asNumber(expected) : expected;
  if (wanted === undefined) return undefined;
  switch (operator) {
    case '==':
      return value === wanted;
    case '!=':
      return value !== wanted;
    case '>=':
      return value >= wanted;
    case '<=':
      return value <= wanted;
    case '>':
      return value > wanted;
    case '<':
      return value < wanted;
  }
}
