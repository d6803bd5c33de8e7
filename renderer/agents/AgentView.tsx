import type { ReactNode } from 'react';
import type { AgentDetail } from '#contract/agent.ts';
import type { AgentHealth } from '#contract/health.ts';
import type { Spend } from '#contract/integration.ts';
import type { CostForecast } from '#contract/objective.ts';
import type { Provider, Route } from '#contract/provider.ts';
import type { Correctness } from '#contract/sample.ts';
import type { Task } from '#contract/task.ts';
import { BudgetBar } from '../budget/BudgetBar.tsx';
import { budgetWord } from '../budget/budget.ts';
import { Button, HEALTH_WORDS, Page, Panel, RehearsalMark, StateWord, useKeys } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { CorrectnessPanel } from '../samples/Correctness.tsx';
import styles from './agents.module.css';
import { DefinitionPanel, Problems } from './DefinitionPanel.tsx';
import { HealthPanel } from './HealthPanel.tsx';
import { IntakePanel } from './IntakePanel.tsx';
import { LimitsPanel } from './LimitsPanel.tsx';
import { type QueueAddresses, QueuePanel } from './QueuePanel.tsx';
import { RoutePanel } from './RoutePanel.tsx';

export type AgentAddresses = QueueAddresses & { tasks: string; failed: string; providers: string; samples: string };

type Props = {
  agent: AgentDetail;
  health: AgentHealth | null;
  route: Route | null;
  providers: Readonly<Record<string, Provider>>;
  spend: Spend | null;
  /** How it stands against its objective. */
  objective: ReactNode;
  /** Where its spending of today leads; null as long as that is not known. */
  forecast: CostForecast | null;
  /** Null before the first answer. */
  correctness: Correctness | null;
  /** Its tasks in flight, the newest 200; null before the first frame. */
  inFlight: readonly Task[] | null;
  now: number;
  addresses: AgentAddresses;
  onPause(): void;
  onDrain(): void;
  onResume(): void;
  onReroute(): void;
  onSet(): void;
};

/** One agent: how it does, what is in flight, what holds for it, and what can be done to it. */
export function AgentView(props: Props) {
  const { agent, health, spend, now, addresses, onPause, onDrain, onResume, onReroute, onSet } = props;
  const open = agent.intake === 'open';
  useKeys({ p: open ? onPause : onResume, r: onReroute, d: onDrain, c: onSet });

  return (
    <Page
      title={agent.name}
      beside={
        <>
          <StateWord {...(health === null ? HEALTH_WORDS.unknown : HEALTH_WORDS[health.state])} />
          <p className={ink.weak}>{health?.reason}</p>
          {health?.rehearsal ? <RehearsalMark /> : null}
        </>
      }
      end={
        <>
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
        </>
      }
    >
      <p>{agent.description}</p>
      <Problems agent={agent} />
      <div className={styles.stacks}>
        <div className={styles.stack}>
          {health === null ? null : <HealthPanel health={health} addresses={addresses} />}
          {props.correctness === null ? null : (
            <CorrectnessPanel correctness={props.correctness} samples={addresses.samples} />
          )}
          <Panel title="Budget of today" end={spend === null ? null : <StateWord {...budgetWord(spend)} />}>
            {spend === null ? (
              <p className={ink.weak}>Nothing was spent yet.</p>
            ) : (
              <BudgetBar spend={spend} forecast={props.forecast} now={now} />
            )}
          </Panel>
          <IntakePanel agent={agent} now={now} />
        </div>
        <div className={styles.stack}>
          {props.objective}
          <QueuePanel health={health} inFlight={props.inFlight} now={now} addresses={addresses} />
          <RoutePanel
            agent={agent}
            route={props.route}
            providers={props.providers}
            now={now}
            address={addresses.providers}
          />
        </div>
        <div className={styles.stack}>
          <LimitsPanel agent={agent} onSet={onSet} />
          <DefinitionPanel agent={agent} />
        </div>
      </div>
    </Page>
  );
}
