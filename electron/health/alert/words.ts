import type { AlertRuleFile } from '#contract/alert.ts';
import { ALERT_RULES, type AlertRule } from './rules.ts';

export function isShipped(name: string): name is AlertRule {
  return Object.hasOwn(ALERT_RULES, name);
}

/** Each measure in words, and the unit of its bound. */
const MEASURES: Record<AlertRuleFile['measure'], { words: string; text(value: number): string }> = {
  'success-rate': { words: 'the success rate', text: percentText },
  failed: { words: 'failed tasks', text: String },
  burn: { words: 'the burn of the error budget', text: (value) => `${rounded(value)}x` },
  p95: { words: 'the p95 from accepted to end', text: (value) => spanText(value * 1_000) },
  queued: { words: 'queued tasks', text: String },
  waiting: { words: 'waiting tasks', text: String },
  oldest: { words: 'the age of the oldest queued task', text: (value) => spanText(value * 1_000) },
  overdue: { words: 'overdue tasks', text: String },
  retries: { words: 'retried tasks', text: String },
  cost: { words: 'the cost', text: usdText },
  'cost-per-success': { words: 'the cost of a success', text: usdText },
  unverified: { words: 'successes with an effect unverified', text: String },
  ends: { words: 'ended tasks', text: String },
};

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
function percentText(value: number): string {
  return `${rounded(value * 100)} %`;
}
function usdText(value: number): string {
  return `$${value.toFixed(value !== 0 && Math.abs(value) < 1 ? 4 : 2)}`;
}
/** `90 s`, `15 min`, `6 h`. */
export function spanText(ms: number): string {
  if (ms < 120_000) return `${rounded(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${rounded(ms / 60_000)} min`;
  return `${rounded(ms / 3_600_000)} h`;
}

export function valueText(measure: AlertRuleFile['measure'], value: number): string {
  return MEASURES[measure].text(value);
}

/** Measures of this moment; the others look back over the window. */
export type NowMeasure = Extract<AlertRuleFile['measure'], 'queued' | 'waiting' | 'oldest' | 'overdue'>;

export function isOfNow(measure: AlertRuleFile['measure']): measure is NowMeasure {
  return measure === 'queued' || measure === 'waiting' || measure === 'oldest' || measure === 'overdue';
}

/** When a rule of a file holds, in one sentence. */
export function ruleWhen({ measure, above, below, window, atLeast, for: holds, agent }: AlertRuleFile): string {
  const { words, text } = MEASURES[measure];
  const bounds = [
    ...(above === undefined ? [] : [`above ${text(above)}`]),
    ...(below === undefined ? [] : [`below ${text(below)}`]),
  ];
  const over = isOfNow(measure) ? '' : ` over ${spanText(window)}`;
  const least = atLeast > 0 ? `, with at least ${atLeast} ends` : '';
  const long = holds > 0 ? `, for ${spanText(holds)}` : '';
  return `${words} of ${agent ?? 'an agent'}${over} is ${bounds.join(' or ')}${least}${long}`;
}
