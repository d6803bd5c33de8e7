import { useState } from 'react';
import type { AgentSummary } from '#contract/agent.ts';
import type { AgentHealth } from '#contract/health.ts';
import { clockTime, HEALTH_WORDS, Page, StateWord, spanText, usdBoundText, useKeys } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './agents.module.css';
import { intakeWord } from './intake.ts';
import { shareText } from './objective.ts';

type Props = {
  /** Null before the first answer. */
  agents: readonly AgentSummary[] | null;
  health: Readonly<Record<string, AgentHealth>>;
  now: number;
  addressOf(agent: AgentSummary): string;
  onOpen(agent: AgentSummary): void;
};

/** Every agent as it is defined: its route, limits, objective, and whether its file is sound. */
export function AgentsView({ agents, health, now, addressOf, onOpen }: Props) {
  const [selected, setSelected] = useState<string | null>(null);
  const rows = agents?.toSorted((a, b) => a.name.localeCompare(b.name)) ?? [];
  const current = rows.find((agent) => agent.name === selected) ?? rows[0];

  function move(by: number): void {
    const index = rows.findIndex((agent) => agent.name === current?.name);
    setSelected(rows[Math.min(rows.length - 1, Math.max(0, index + by))]?.name ?? null);
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => (current === undefined ? undefined : onOpen(current)),
  });

  return (
    <Page title="Agents" beside={agents === null ? 'reading…' : `${rows.length} defined`}>
      {agents !== null && rows.length === 0 ? (
        <p className={ink.empty}>
          No agents yet. Put a Markdown file into the folder <code>agents/</code>; its agent appears here by itself.
        </p>
      ) : null}
      {rows.length === 0 ? null : (
        <div className={styles.frame}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Agent</th>
                <th scope="col">Health</th>
                <th scope="col">Intake</th>
                <th scope="col">Route</th>
                <th scope="col">Objective</th>
                <th scope="col">Limits</th>
                <th scope="col">Schedule</th>
                <th scope="col">File</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((agent) => (
                <tr
                  key={agent.name}
                  data-selected={agent.name === current?.name || undefined}
                  onClick={() => setSelected(agent.name)}
                  onDoubleClick={() => onOpen(agent)}
                >
                  <td>
                    <a className={styles.name} href={addressOf(agent)}>
                      {agent.name}
                    </a>
                    <span className={ink.under}>{agent.team ?? 'no team'}</span>
                  </td>
                  <td>
                    <Health of={health[agent.name]} />
                  </td>
                  <td>
                    <StateWord {...intakeWord(agent.intake)} />
                    <span className={ink.under}>{agent.concurrency} at a time</span>
                  </td>
                  <td>
                    {providersOf(agent)[0]}
                    <span className={ink.under}>{thenOf(agent)}</span>
                  </td>
                  <td>
                    <Promised of={health[agent.name]?.objective ?? agent.objective} />
                  </td>
                  <td>
                    {agent.attempts} attempts
                    <span className={ink.under}>
                      {spanText(agent.timeoutMs)}
                      {agent.budgetDailyUsd === null ? '' : `, ${usdBoundText(agent.budgetDailyUsd)} a day`}
                    </span>
                  </td>
                  <td>
                    {agent.schedule ?? <span className={ink.weak}>on demand</span>}
                    <span className={ink.under}>{nextOf(agent, now)}</span>
                  </td>
                  <td>
                    <FileWord agent={agent} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}

function Health({ of }: { of: AgentHealth | undefined }) {
  if (of === undefined) return <StateWord {...HEALTH_WORDS.unknown} />;
  return (
    <>
      <StateWord {...HEALTH_WORDS[of.state]} />
      <span className={ink.under}>{of.reason}</span>
    </>
  );
}

function FileWord({ agent }: { agent: AgentSummary }) {
  const errors = agent.problems.filter((problem) => problem.severity === 'error').length;
  if (agent.problems.length === 0) return <StateWord tone="met" word="Sound" />;
  return (
    <>
      <StateWord tone="soon" word={errors > 0 ? 'Broken' : 'Warnings'} />
      <span className={ink.under}>{errors > 0 ? 'runs its last good one' : `${agent.problems.length}`}</span>
    </>
  );
}

function providersOf(agent: AgentSummary): string[] {
  return [...new Set(agent.route.map((entry) => entry.split('/')[0] ?? entry))];
}

function thenOf(agent: AgentSummary): string {
  const rest = providersOf(agent).slice(1);
  return rest.length === 0 ? 'no fallback' : `then ${rest.join(', ')}`;
}

function nextOf(agent: AgentSummary, now: number): string {
  if (agent.nextStartAt === null) return '';
  return agent.nextStartAt - now < 86_400_000
    ? `next ${clockTime(agent.nextStartAt)}`
    : `in ${spanText(agent.nextStartAt - now)}`;
}

/** What is promised; the board knows what is in force, the file what it says. */
function Promised({ of: { success, p95Ms } }: { of: Pick<AgentHealth['objective'], 'success' | 'p95Ms'> }) {
  return (
    <>
      {shareText(success)}
      <span className={ink.under}>{p95Ms === null ? 'no latency bound' : `p95 ${spanText(p95Ms)}`}</span>
    </>
  );
}
