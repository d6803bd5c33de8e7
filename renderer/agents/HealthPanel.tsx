import type { AgentHealth } from '#contract/health.ts';
import { countText, Facts, HEALTH_WORDS, Interval, Panel, percentText, spanText } from '../kit/index.ts';
import styles from './agents.module.css';

/** How it does, each number with what it is of. */
export function HealthPanel({
  health,
  addresses,
}: {
  health: AgentHealth;
  addresses: { tasks: string; failed: string };
}) {
  return (
    <Panel title="Success after retries">
      <div className={styles.health}>
        <Interval rate={health.success} objective={health.objective.success} tone={HEALTH_WORDS[health.state].tone} />
        <Facts
          facts={[
            { name: 'First try', value: rateText(health.firstAttempt) },
            { name: 'Latency', value: latencyText(health) },
            { name: 'Retries', value: countText(health.retries) },
          ]}
        />
        <p className={styles.links}>
          <a href={addresses.tasks}>All its tasks</a>
          <a href={addresses.failed}>Those that failed</a>
        </p>
      </div>
    </Panel>
  );
}

function rateText(rate: AgentHealth['success']): string {
  return rate.estimate === null ? 'not measured' : `${percentText(rate.estimate)} of ${countText(rate.total)}`;
}

function latencyText({ p50Ms, p95Ms, objective }: AgentHealth): string {
  if (p50Ms === null || p95Ms === null) return 'not measured';
  const bound = objective.p95Ms === null ? '' : ` of ${spanText(objective.p95Ms)}`;
  return `p50 ${spanText(p50Ms)}, p95 ${spanText(p95Ms)}${bound}`;
}
