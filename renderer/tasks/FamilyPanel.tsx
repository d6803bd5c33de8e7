import type { Origin, TaskDetail } from '#contract/task.ts';
import { Panel, StateWord } from '../kit/index.ts';
import { TASK_WORDS } from './state.ts';
import styles from './task.module.css';

/** The task that this one comes from, and those that come from it. */
export function FamilyPanel({ task, addressOf }: { task: TaskDetail; addressOf(id: string): string }) {
  const { origin, offspring } = task;
  if (origin === null && offspring.length === 0) return null;
  return (
    <Panel title="Family">
      <ul className={styles.family}>
        {origin === null ? null : (
          <li>
            <span>
              {ORIGIN_WORDS[origin.kind]} <a href={addressOf(origin.task)}>{origin.task}</a>
              {origin.step === null ? null : (
                <>
                  {' '}
                  at <code>{origin.step}</code>
                </>
              )}
            </span>
          </li>
        )}
        {offspring.map((child) => (
          <li key={child.task}>
            <span>
              {OFFSPRING_WORDS[child.kind]} <a href={addressOf(child.task)}>{child.task}</a>
              {child.step === null ? null : (
                <>
                  {' '}
                  at <code>{child.step}</code>
                </>
              )}
            </span>
            <StateWord {...TASK_WORDS[child.state]} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const ORIGIN_WORDS: Record<Origin['kind'], string> = {
  edited: 'the same work as',
  fork: 'goes on from',
  spawn: 'started by',
};

const OFFSPRING_WORDS: Record<Origin['kind'], string> = {
  edited: 'with another input:',
  fork: 'forked as',
  spawn: 'started',
};
