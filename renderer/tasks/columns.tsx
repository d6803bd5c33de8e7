import { createColumnHelper, tableFeatures } from '@tanstack/react-table';
import { hasEnded, type Task } from '#contract/task.ts';
import { agoText, clockTime, countText, RehearsalMark, StateWord, spanText, usdText } from '../kit/index.ts';
import { MARK_WORDS, TASK_WORDS } from './state.ts';
import styles from './tasks.module.css';

/** What a cell needs beside its task. */
export type CellContext = {
  /** The desk's clock, ms since the Unix epoch. */
  now: number;
  /** A task as it is known last: rows held still are brought up to date in their place. */
  latest(task: Task): Task;
  addressOf(task: Task): string;
};

export const taskFeatures = tableFeatures({});
const column = createColumnHelper<typeof taskFeatures, Task>();

/** Columns of the task table. `header` stands above; each cell has a value and, under it, what it is of. */
export function taskColumns(context: () => CellContext) {
  const cell = (draw: (task: Task, context: CellContext) => React.ReactNode) => {
    return ({ row }: { row: { original: Task } }) => {
      const now = context();
      return draw(now.latest(row.original), now);
    };
  };
  return column.columns([
    column.display({ id: 'state', header: 'State', cell: cell(stateCell) }),
    column.display({ id: 'task', header: 'Task', cell: cell(taskCell) }),
    column.display({ id: 'agent', header: 'Agent', cell: cell(agentCell) }),
    column.display({ id: 'attempts', header: 'Attempts', cell: cell((task) => task.attempts) }),
    column.display({ id: 'took', header: 'Took', cell: cell(tookCell) }),
    column.display({ id: 'cost', header: 'Cost', cell: cell(costCell) }),
    column.display({ id: 'model', header: 'Model', cell: cell(modelCell) }),
    column.display({ id: 'age', header: 'Accepted', cell: cell(ageCell) }),
  ]);
}

function stateCell(task: Task) {
  const { tone, word } = TASK_WORDS[task.state];
  const marks = task.marks.filter((mark) => mark !== 'rehearsal').map((mark) => MARK_WORDS[mark]);
  const why = task.reason ?? marks.join(', ');
  return (
    <>
      <StateWord tone={tone} word={word} />
      <span className={styles.under} title={why}>
        {why}
      </span>
    </>
  );
}

function taskCell(task: Task, { addressOf }: CellContext) {
  return (
    <>
      <a className={styles.key} href={addressOf(task)} tabIndex={-1}>
        {task.key ?? task.id}
      </a>
      <span className={styles.under}>{task.key === null ? 'no key' : task.id}</span>
    </>
  );
}

function agentCell(task: Task) {
  return (
    <>
      {task.agent}
      <span className={styles.folded}>{modelText(task)}</span>
    </>
  );
}

function tookCell(task: Task, { now }: CellContext) {
  if (task.startedAt === null) return <span className={styles.weak}>not begun</span>;
  const until = task.endedAt ?? now;
  return (
    <>
      {spanText(until - task.startedAt)}
      <span className={styles.under}>
        {hasEnded(task.state) ? `${spanText(task.startedAt - task.acceptedAt)} queued` : 'so far'}
      </span>
    </>
  );
}

function costCell(task: Task) {
  return (
    <>
      {usdText(task.costUsd)}
      <span className={styles.under}>{countText(task.tokensIn + task.tokensOut)} tokens</span>
    </>
  );
}

function modelCell(task: Task) {
  return (
    <>
      {modelText(task)}
      {task.marks.includes('rehearsal') ? (
        <span className={styles.under}>
          <RehearsalMark />
        </span>
      ) : null}
    </>
  );
}

function modelText(task: Task): string {
  return task.model ?? '–';
}

function ageCell(task: Task, { now }: CellContext) {
  return (
    <>
      {clockTime(task.acceptedAt, 'seconds')}
      <span className={styles.under}>{agoText(now - task.acceptedAt)} ago</span>
    </>
  );
}
