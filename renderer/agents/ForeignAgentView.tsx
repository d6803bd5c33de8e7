import type { ReactNode } from 'react';
import type { AgentHealth } from '#contract/health.ts';
import { countText, Facts, HEALTH_WORDS, Page, Panel, StateWord } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './agents.module.css';
import { HealthPanel } from './HealthPanel.tsx';

/** An agent that another runtime runs: how it does, by what that runtime tells. What it cannot be told to do is not offered. */
export function ForeignAgentView({ health, objective }: { health: AgentHealth; objective: ReactNode }) {
  return (
    <Page
      title={health.name}
      beside={
        <>
          <StateWord {...HEALTH_WORDS[health.state]} />
          <p className={ink.weak}>{health.reason}</p>
        </>
      }
    >
      <p>Runs on {health.runtime}, which tells Nightdesk of its tasks. Pause, reroute and cancel it there.</p>
      <div className={styles.stacks}>
        <div className={styles.stack}>
          <HealthPanel health={health} addresses={null} />
        </div>
        <div className={styles.stack}>{objective}</div>
        <div className={styles.stack}>
          <Panel title="In flight">
            <Facts
              facts={[
                { name: 'Accepted', value: countText(health.queued) },
                { name: 'Running', value: countText(health.running) },
                {
                  name: 'Overdue',
                  value: health.counts.overdue === null ? 'not known' : countText(health.counts.overdue),
                },
              ]}
            />
          </Panel>
        </div>
      </div>
    </Page>
  );
}
