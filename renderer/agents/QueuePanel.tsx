import type { AgentHealth } from '#contract/health.ts';
import type { Task, WaitKind } from '#contract/task.ts';
import { agoText, countText, Panel, StateWord } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { TASK_WORDS } from '../tasks/state.ts';
import { WAIT_WORDS } from '../tasks/wait.ts';
import styles from './agents.module.css';
import { countQueue, newestInFlight } from './queue.ts';

/** So many tasks are shown by name. */
const SHOWN = 8;

export type QueueAddresses = {
  queued: string;
  running: string;
  waiting(kind: WaitKind): string;
  task(task: Task): string;
};

type Props = {
  health: AgentHealth | null;
  /** Its tasks in flight, the newest 200; null before the first frame. */
  inFlight: readonly Task[] | null;
  now: number;
  addresses: QueueAddresses;
};

/** What is in flight now: queued, running, waiting and why; the newest by name. */
export function QueuePanel({ health, inFlight, now, addresses }: Props) {
  const tasks = inFlight ?? [];
  const counts = countQueue(tasks);
  const waiting = health?.waiting ?? 0;
  const known = counts.waiting.reduce((sum, { count }) => sum + count, 0);
  return (
    <Panel title="Queue now" end={<span className={ink.weak}>live</span>}>
      <div className={styles.health}>
        <ul className={styles.counts}>
          <li>
            <a href={addresses.queued}>queued</a>
            <strong>{countText(health?.queued ?? counts.queued)}</strong>
          </li>
          <li>
            <a href={addresses.running}>running</a>
            <strong>{countText(health?.running ?? counts.running)}</strong>
          </li>
          {counts.waiting.map(({ kind, count }) => (
            <li key={kind}>
              <a href={addresses.waiting(kind)}>waits {WAIT_WORDS[kind]}</a>
              <strong>{countText(count)}</strong>
            </li>
          ))}
          {waiting > known ? (
            <li>
              <span className={ink.weak}>waiting, older ones</span>
              <strong>{countText(waiting - known)}</strong>
            </li>
          ) : null}
        </ul>
        {tasks.length === 0 ? (
          <p className={ink.weak}>{inFlight === null ? 'reading…' : 'Nothing is in flight.'}</p>
        ) : (
          <ul className={styles.tasks}>
            {newestInFlight(tasks, SHOWN).map((task) => (
              <li key={task.id}>
                <StateWord {...TASK_WORDS[task.state]} />
                <a href={addresses.task(task)}>{task.key ?? task.id}</a>
                <span className={ink.weak} title={task.reason ?? undefined}>
                  {task.reason ?? (task.waitKind === null ? '' : WAIT_WORDS[task.waitKind])}
                </span>
                <span className={ink.weak}>{agoText(now - task.acceptedAt)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}
