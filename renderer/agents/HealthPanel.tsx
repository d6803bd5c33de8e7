import type { AgentHealth, MarkCounts } from '#contract/health.ts';
import {
  countText,
  type Fact,
  Facts,
  HEALTH_WORDS,
  Interval,
  intervalText,
  Panel,
  percentText,
  spanText,
  usdText,
} from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './agents.module.css';

const MARK_WORDS: Record<keyof MarkCounts, string> = {
  retried: 'retried',
  slow: 'slow',
  deferred: 'deferred',
  fallback: 'on a fallback',
  partial: 'partial',
  unverified: 'unverified',
  reviewed: 'reviewed',
  incorrect: 'incorrect',
};

/** How it does, each number with what it is of. */
export function HealthPanel({
  health,
  addresses,
}: {
  health: AgentHealth;
  /** Null where its tasks are not here. */
  addresses: { tasks: string; failed: string } | null;
}) {
  return (
    <Panel title="Success after retries">
      <div className={styles.health}>
        {health.state === 'unknown' ? (
          <p className={ink.weak}>
            Not known: {health.reason}. Last {countText(health.success.good)} of {countText(health.success.total)}.
          </p>
        ) : health.state === 'not-enough-data' ? (
          <p className={ink.weak}>
            Not enough data: {countText(health.success.good)} of {countText(health.success.total)}, interval{' '}
            {intervalText(health.success)}.
          </p>
        ) : (
          <Interval rate={health.success} objective={health.objective.success} tone={HEALTH_WORDS[health.state].tone} />
        )}
        <Facts facts={factsOf(health)} />
        {addresses === null ? null : (
          <p className={styles.links}>
            <a href={addresses.tasks}>All its tasks</a>
            <a href={addresses.failed}>Those that failed</a>
          </p>
        )}
      </div>
    </Panel>
  );
}

function factsOf(health: AgentHealth): Fact[] {
  const { objective, withinP95, availability } = health;
  return [
    { name: 'Failure is', value: failureText(objective.failure) },
    { name: 'First try', value: rateText(health.firstAttempt) },
    { name: 'Retries add', value: liftText(health) },
    { name: 'A week ago', value: rateText(health.lastWeek.success) },
    { name: 'Not good', value: badText(health) },
    { name: 'Overdue', value: health.counts.overdue === null ? 'not known' : countText(health.counts.overdue) },
    { name: 'Marks', value: marksText(health.marks) },
    { name: 'Accepted to end', value: latencyText(health) },
    { name: 'Start to end', value: latencyText(health.fromStart) },
    ...(objective.p95Ms === null || withinP95 === null
      ? []
      : [{ name: `Within ${spanText(objective.p95Ms)}`, value: rateText(withinP95) }]),
    {
      name: 'Good minutes',
      value: `${countText(availability.goodMinutes)} of ${countText(availability.measuredMinutes)}, coverage ${percentText(availability.coverage)}`,
    },
    {
      name: 'Cost a success',
      value: health.costPerSuccessUsd === null ? 'not measured' : usdText(health.costPerSuccessUsd),
    },
  ];
}

/** The three questions of every agreement, as they are set. */
function failureText(failure: AgentHealth['objective']['failure']): string {
  const more = failure.filter((each) => each !== 'failed');
  return more.length === 0 ? 'failed' : `failed, ${more.join(', ')}`;
}

function rateText(rate: AgentHealth['success']): string {
  if (rate.estimate === null) return 'not measured';
  return `${percentText(rate.estimate)} (${intervalText(rate)}) of ${countText(rate.total)}`;
}

function liftText({ retryLift, marks }: AgentHealth): string {
  if (retryLift === null) return 'not measured';
  return `${(retryLift * 100).toFixed(1)} points, ${countText(marks.retried)} tasks`;
}

function badText({ counts }: AgentHealth): string {
  const parts = [
    [counts.failed, 'failed'],
    [counts.timedOut, 'timed out'],
    [counts.rejected, 'rejected'],
    [counts.inDoubt, 'in doubt'],
  ] as const;
  const some = parts.flatMap(([count, word]) => (count > 0 ? [`${countText(count)} ${word}`] : []));
  return some.join(', ') || 'none';
}

function marksText(marks: MarkCounts): string {
  const some = (Object.keys(MARK_WORDS) as (keyof MarkCounts)[]).flatMap((mark) =>
    marks[mark] > 0 ? [`${countText(marks[mark])} ${MARK_WORDS[mark]}`] : [],
  );
  return some.join(', ') || 'none';
}

function latencyText({ p50Ms, p95Ms, p99Ms }: Pick<AgentHealth, 'p50Ms' | 'p95Ms' | 'p99Ms'>): string {
  if (p50Ms === null || p95Ms === null) return 'not measured';
  const p99 = p99Ms === null ? '; p99 from 500 tasks' : `, p99 ${spanText(p99Ms)}`;
  return `p50 ${spanText(p50Ms)}, p95 ${spanText(p95Ms)}${p99}`;
}
