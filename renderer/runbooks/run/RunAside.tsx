import type { AgentHealth } from '#contract/health.ts';
import type { IncidentDetail } from '#contract/incident.ts';
import type { RunDetail } from '#contract/runbook.ts';
import {
  clockTime,
  countText,
  Facts,
  HEALTH_WORDS,
  Interval,
  Panel,
  percentText,
  StateWord,
  spanText,
} from '../../kit/index.ts';
import { doneOf } from './done.ts';
import { FailedChart } from './FailedChart.tsx';
import styles from './run.module.css';

type Props = { run: RunDetail; agent: AgentHealth | null; incident: IncidentDetail | null; now: number };

/** Beside the steps: the agent's health before and since, the alert, what was done. */
export function RunAside({ run, agent, incident, now }: Props) {
  return (
    <aside className={styles.aside} aria-label="What the run is about">
      {agent === null ? null : <AgentPanel run={run} agent={agent} />}
      <AlertPanel run={run} incident={incident} now={now} />
      <Panel title="What was done">
        <ol className={styles.done}>
          {doneOf(run, incident).map((entry) => (
            <li key={`${entry.at} ${entry.text}`}>
              <time dateTime={new Date(entry.at).toISOString()}>{clockTime(entry.at)}</time>
              <span>
                {entry.text}
                {entry.by === null ? null : <span className={styles.by}> {entry.by}</span>}
              </span>
            </li>
          ))}
        </ol>
      </Panel>
    </aside>
  );
}

function AgentPanel({ run, agent }: { run: RunDetail; agent: AgentHealth }) {
  const before = run.steps.find((step) => step.before !== null)?.before ?? null;
  const since = run.steps.findLast((step) => step.after !== null)?.after ?? null;
  const facts = [
    ...(before === null ? [] : [{ name: 'Before', value: rateText(before) }]),
    ...(since === null ? [] : [{ name: 'Since', value: rateText(since) }]),
    { name: 'Queue', value: `${countText(agent.queued)} queued, ${countText(agent.running)} running` },
  ];
  return (
    <Panel title={agent.name} end={<StateWord {...HEALTH_WORDS[agent.state]} />} strong>
      <Interval rate={agent.success} objective={agent.objective.success} tone={HEALTH_WORDS[agent.state].tone} />
      <FailedChart agent={agent} />
      <Facts facts={facts} />
    </Panel>
  );
}

function rateText(rate: AgentHealth['success']): string {
  return rate.estimate === null ? 'not measured' : `${percentText(rate.estimate)} of ${countText(rate.total)}`;
}

function AlertPanel({ run, incident, now }: Omit<Props, 'agent'>) {
  const alert = incident?.alerts.find((one) => one.id === run.alert || one.rule === run.alert) ?? incident?.alerts[0];
  if (alert === undefined) return null;
  const until = alert.resolvedAt ?? now;
  return (
    <Panel title="The alert">
      <Facts
        facts={[
          { name: 'Rule', value: alert.rule },
          { name: 'Since', value: `${clockTime(alert.firedAt)}, ${spanText(until - alert.firedAt)}` },
          { name: 'Value', value: alert.value },
          ...(alert.error === null ? [] : [{ name: 'Error', value: <code>{alert.error}</code> }]),
          ...(alert.resolvedAt === null ? [] : [{ name: 'Resolved', value: clockTime(alert.resolvedAt) }]),
        ]}
      />
    </Panel>
  );
}
