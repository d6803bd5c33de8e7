import type { Severity } from '#contract/alert.ts';
import { spanTextSchema } from '#contract/basic.ts';

/** A rule that Nightdesk ships. */
export type ShippedRule = {
  title: string;
  /** When it holds, in one sentence. */
  when: string;
  severity: Severity;
  /** What of a subject it is about: rules of one kind speak of the same trouble, and make one alert. */
  kind: string;
  /** It must hold this long before it fires, ms. */
  forMs: number;
};

function rule(kind: string, severity: Severity, title: string, when: string, holds = '0s'): ShippedRule {
  return { kind, severity, title, when, forMs: spanTextSchema.parse(holds) };
}

/** Every shipped rule by its name, as runbooks name it. To add one: its line here, and a source whose signals feed it. */
export const ALERT_RULES = {
  // Providers, integrations, budgets, workers.
  'provider-breaker-open': rule('provider-breaker', 'page', 'Provider down', 'the breaker of a provider is open'),
  'provider-rate-limited': rule(
    'provider-limit',
    'ticket',
    'Provider limits calls',
    'a provider refuses calls as too many (HTTP 429) for 2 min',
    '2m',
  ),
  'integration-breaker-open': rule(
    'integration-breaker',
    'page',
    'Integration down',
    'the breaker of an integration is open',
  ),
  'budget-80': rule('budget', 'ticket', 'Budget nearly spent', "80 % of today's budget is spent"),
  'budget-reached': rule('budget', 'page', 'Budget spent', "all of today's budget is spent: nothing new starts"),
  'budget-forecast': rule(
    'forecast',
    'ticket',
    'Budget will not last',
    'at this pace the budget is spent before its period ends',
  ),
  'task-looping': rule('looping', 'ticket', 'Task loops', 'a task repeats itself and waits for a person'),
  'worker-crash-loop': rule(
    'crash-loop',
    'page',
    'Workers die at once',
    '3 worker processes died one after the other, each soon after its start',
  ),
  // Objectives.
  'success-burn-fast': rule(
    'success',
    'page',
    'Error budget burns fast',
    'failures use the error budget at the page rate, over the long and the short window',
  ),
  'success-burn-slow': rule(
    'success',
    'ticket',
    'Error budget burns',
    'failures use the error budget at the ticket rate, over the long and the short window',
  ),
  'success-collapse': rule(
    'success',
    'page',
    'Success collapses',
    'in 15 min at least 5 tasks failed, and certainly more than 30 % or 3 times the error budget',
  ),
  'latency-objective': rule(
    'latency',
    'ticket',
    'Slower than promised',
    'certainly more than 5 of 100 tasks take longer than the p95 bound',
  ),
  'correctness-drop': rule(
    'correctness',
    'ticket',
    'Correctness drops',
    'people judge its outputs wrong more often than the objective allows',
  ),
  // Silence.
  'runtime-late': rule('heartbeat', 'ticket', 'Runtime late', 'a runtime missed 2 heartbeats'),
  'heartbeat-lost': rule('heartbeat', 'page', 'Runtime lost', 'a runtime missed 4 heartbeats: its numbers are unknown'),
  'worker-lost': rule('worker-heartbeat', 'page', 'Worker lost', 'a worker missed 4 heartbeats'),
  'no-tasks': rule(
    'absence',
    'page',
    'No tasks',
    'nothing ended in an hour of the week in which at least 7 tasks usually end',
  ),
  'no-success': rule('no-success', 'page', 'No success', 'no task succeeded within `expect.every` of its agent'),
  'schedule-missed': rule('schedule', 'page', 'Schedule missed', 'a scheduled start did not happen within its grace'),
  'queue-stuck': rule(
    'queue-stuck',
    'page',
    'Queue stuck',
    'tasks wait, and none ended for the longer of 5 min and 3 times the p95',
  ),
  'queue-growing': rule(
    'queue-growing',
    'ticket',
    'Queue grows',
    'for 15 min more than 1.2 times as many tasks came as ended',
  ),
  'oldest-waiting': rule(
    'oldest',
    'ticket',
    'Oldest task past its deadline',
    'the oldest waiting task is older than its deadline',
  ),
  'task-overdue': rule('overdue', 'page', 'Tasks overdue', 'tasks in flight are past their deadline'),
  'task-orphaned': rule('orphaned', 'page', 'Tasks orphaned', 'the worker that owns a task beats no more'),
  'fast-and-empty': rule(
    'fast-and-empty',
    'ticket',
    'Fast and empty',
    'successes are far faster, smaller or poorer in tool calls than usual',
  ),
  'effect-unverified': rule(
    'unverified',
    'ticket',
    'Effect without receipt',
    'a task succeeded and an effect of it has no receipt',
  ),
  reconciliation: rule(
    'reconciliation',
    'page',
    'Numbers do not add up',
    'accepted tasks are not those that ended, are in flight or were dropped, for 3 min',
  ),
  'canary-failed': rule('canary', 'page', 'Canary failed', 'the known-answer task failed twice'),
  'desk-query-failed': rule('desk-query', 'page', 'Desk cannot read its data', 'a query of the desk itself failed'),
  // Being told.
  'route-failing': rule('route', 'page', 'Route fails', 'messages of a route are not taken'),
  'alertmanager-alert': rule('outside', 'ticket', 'Alert of another system', 'an Alertmanager says that it fires'),
  'deadman-failing': rule('deadman', 'ticket', "Dead-man's ping fails", 'the outside address is not reached'),
} as const satisfies Record<string, ShippedRule>;

/** The name of a shipped rule. */
export type AlertRule = keyof typeof ALERT_RULES;

/** Rules about a system that others hang on: they are causes. */
export function isBreaker(kind: string): boolean {
  return kind === 'provider-breaker' || kind === 'integration-breaker';
}

/** What a signal of a shipped rule says of the rule: `{ ...shipped('worker-lost'), subject, … }`. */
export function shipped(name: AlertRule): { rule: AlertRule; kind: string; severity: Severity; forMs: number } {
  const { kind, severity, forMs } = ALERT_RULES[name];
  return { rule: name, kind, severity, forMs };
}
