import type { AgentHealth, BoardWindow } from '#contract/health.ts';
import { AgentRow } from './AgentRow.tsx';
import type { BoardAddresses } from './BoardView.tsx';
import styles from './table.module.css';

type Props = {
  agents: readonly AgentHealth[];
  window: BoardWindow;
  now: number;
  stale: boolean;
  isCompared: boolean;
  selected: string | null;
  addresses: BoardAddresses;
  onSelect(agent: AgentHealth): void;
  onOpen(agent: AgentHealth): void;
};

const WINDOW_WORDS: Record<BoardWindow, string> = { '1h': '1 h', '24h': '24 h', '7d': '7 d' };

/** One row an agent. */
export function AgentTable({ agents, window, selected, onSelect, onOpen, ...rest }: Props) {
  return (
    <table className={styles.table} aria-label="Agents, worst first">
      <thead>
        <tr>
          <th scope="col" data-column="state">
            State
          </th>
          <th scope="col" data-column="agent">
            Agent
          </th>
          <th scope="col" data-column="success">
            Success after retries
          </th>
          <th scope="col" data-column="first" data-number>
            First try
          </th>
          <th scope="col" data-column="p95">
            p95
          </th>
          <th scope="col" data-column="queue" data-number>
            Queue
          </th>
          <th scope="col" data-column="cost" data-number>
            Cost today
          </th>
          <th scope="col" data-column="finished">
            Finished<span className={styles.long}>, {WINDOW_WORDS[window]}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {agents.map((agent) => (
          <AgentRow
            key={agent.name}
            agent={agent}
            selected={agent.name === selected}
            onSelect={() => onSelect(agent)}
            onOpen={() => onOpen(agent)}
            {...rest}
          />
        ))}
      </tbody>
    </table>
  );
}
