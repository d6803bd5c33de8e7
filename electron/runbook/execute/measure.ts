import { parseSpan } from '#contract/basic.ts';
import type { Check } from '#contract/runbook.ts';
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
  const holds = compare(measured.value, check.operator, check.expected);
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
    case 'running_tasks':
      return ofLane(agent, sources, (lane) => ({ value: lane.running, text: `${lane.running} running` }));
    case 'queued_tasks':
      return ofLane(agent, sources, (lane) => ({ value: lane.queued, text: `${lane.queued} queued` }));
    case 'intake':
      return ofLane(agent, sources, (lane) => ({ value: lane.intake, text: `intake is ${lane.intake}` }));
    case 'route':
      return ofLane(agent, sources, (lane) => ({
        value: lane.route[0],
        text: `the route begins with ${lane.route[0] ?? 'nothing'}`,
      }));
    case 'success_rate':
      return takeRate(agent, check.args.within, sources);
    case 'alert': {
      const rule = check.args.rule ?? '';
      const state = sources.measure.alertState(rule, check.args.provider ?? check.args.integration ?? check.args.agent);
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

function takeRate(agent: string, within: string | undefined, sources: Sources): Measured {
  const windowMs = (within === undefined ? undefined : parseSpan(within)) ?? DEFAULT_RATE_WINDOW_MS;
  const rate = sources.measure.rate(agent, windowMs);
  const span = spanInWords(windowMs);
  if (rate.estimate === null) return { value: undefined, text: `no task ended in the last ${span}` };
  return { value: rate.estimate, text: `${percent(rate.estimate)} good in ${span} (${rate.good}/${rate.total})` };
}

/** @returns undefined when the two cannot be compared */
function compare(value: number | string, operator: Check['operator'], expected: string): boolean | undefined {
  const wanted = typeof value === 'number' ? parseQuantity(expected) : expected;
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
