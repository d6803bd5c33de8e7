import type { AgentSummary } from '#contract/agent.ts';
import type { AgentHealth } from '#contract/health.ts';
import {
  Button,
  countText,
  Facts,
  HEALTH_WORDS,
  Interval,
  Panel,
  percentText,
  RehearsalMark,
  StateWord,
  spanText,
  usdBoundText,
  usdText,
  useKeys,
} from '../kit/index.ts';
import styles from './agents.module.css';
import { intakeWord } from './intake.ts';

type Props = {
  agent: AgentSummary;
  health: AgentHealth | null;
  addresses: { tasks: string; failed: string; queued: string };
  onPause(): void;
  onDrain(): void;
  onResume(): void;
  onReroute(): void;
};

/** One agent: how it does, what it is, and what can be done to it. */
export function AgentView({ agent, health, addresses, onPause, onDrain, onResume, onReroute }: Props) {
  const open = agent.intake === 'open';
  useKeys({ p: open ? onPause : onResume, r: onReroute, d: onDrain });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{agent.name}</h1>
        <StateWord {...(health === null ? HEALTH_WORDS.unknown : HEALTH_WORDS[health.state])} />
        <p className={styles.weak}>{health?.reason}</p>
        {health?.rehearsal ? <RehearsalMark /> : null}
        <span className={styles.spring} />
        {open ? (
          <>
            <Button keys="p" onClick={onPause}>
              Pause…
            </Button>
            <Button keys="d" onClick={onDrain}>
              Drain…
            </Button>
          </>
        ) : (
          <Button keys="p" onClick={onResume}>
            Resume…
          </Button>
        )}
        <Button keys="r" onClick={onReroute}>
          Reroute…
        </Button>
      </header>
      <p>{agent.description}</p>
      <div className={styles.columns}>
        {health === null ? null : <HealthPanel health={health} addresses={addresses} />}
        <Panel title="Definition">
          <Facts
            facts={[
              { name: 'Team', value: agent.team ?? 'none' },
              { name: 'Runtime', value: agent.runtime },
              { name: 'Intake', value: <StateWord {...intakeWord(agent.intake)} /> },
              { name: 'Route', value: <Route route={agent.route} /> },
              { name: 'Tools', value: agent.tools.length === 0 ? 'none' : <code>{agent.tools.join(', ')}</code> },
              { name: 'Limits', value: `${agent.attempts} attempts of ${spanText(agent.timeoutMs)} each` },
              { name: 'At a time', value: countText(agent.concurrency) },
              { name: 'Schedule', value: agent.schedule ?? 'on demand' },
              { name: 'Version', value: <code>{agent.definition.slice(0, 12)}</code> },
              { name: 'File', value: <code>{agent.file}</code> },
            ]}
          />
        </Panel>
        <Problems agent={agent} />
      </div>
    </div>
  );
}

function Route({ route }: { route: readonly string[] }) {
  return (
    <ol className={styles.route}>
      {route.map((entry) => (
        <li key={entry}>
          <code>{entry}</code>
        </li>
      ))}
    </ol>
  );
}

function HealthPanel({ health, addresses }: { health: AgentHealth; addresses: Props['addresses'] }) {
  return (
    <Panel title="Success after retries">
      <div className={styles.health}>
        <Interval rate={health.success} objective={health.objective.success} tone={HEALTH_WORDS[health.state].tone} />
        <Facts
          facts={[
            { name: 'First try', value: rateText(health.firstAttempt) },
            { name: 'Latency', value: latencyText(health) },
            {
              name: 'Queue',
              value: (
                <a className={styles.link} href={addresses.queued}>
                  {countText(health.queued)} queued, {countText(health.running)} running
                </a>
              ),
            },
            { name: 'Retries', value: countText(health.retries) },
            { name: 'Cost today', value: costText(health) },
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

function costText({ costTodayUsd, budgetDailyUsd }: AgentHealth): string {
  return budgetDailyUsd === null
    ? usdText(costTodayUsd)
    : `${usdText(costTodayUsd)} of ${usdBoundText(budgetDailyUsd)}`;
}

function Problems({ agent }: { agent: AgentSummary }) {
  if (agent.problems.length === 0) return null;
  return (
    <Panel title="Problems of its file">
      <ul className={styles.problems}>
        {agent.problems.map((problem) => (
          <li key={`${problem.line}:${problem.column} ${problem.message}`}>
            <span className={styles.weak}>
              {problem.severity} · line {problem.line}, column {problem.column}
            </span>
            <span>{problem.message}</span>
            {problem.fix === null ? null : <span className={styles.under}>{problem.fix}</span>}
          </li>
        ))}
      </ul>
      <p className={styles.weak}>Until it is mended, the last good definition stays in force.</p>
    </Panel>
  );
}
