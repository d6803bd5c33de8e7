import { useState } from 'react';
import { hasEnded, type TaskDetail } from '#contract/task.ts';
import { Button, CopyButton, RehearsalMark, StateWord, useKeys } from '../kit/index.ts';
import { Body, StepPanel } from './StepPanel.tsx';
import { MARK_WORDS, TASK_WORDS } from './state.ts';
import { TaskFacts } from './TaskFacts.tsx';
import styles from './task.module.css';
import { layTimeline, type TimelineRow } from './timeline.ts';
import { Waterfall } from './Waterfall.tsx';

type Props = {
  task: TaskDetail;
  now: number;
  /** The address of this task, to share. */
  address: string;
  onCancel(): void;
};

/** One task: its numbers, its waterfall, and what the selected row is made of. */
export function TaskView({ task, now, address, onCancel }: Props) {
  const [chosen, setChosen] = useState<string | null>(null);
  const { rows } = layTimeline(task, now);
  const selected = rows.find((row) => row.id === chosen) ?? worthALook(rows);

  function move(by: number): void {
    const index = rows.findIndex((row) => row.id === selected?.id);
    const next = rows[Math.min(rows.length - 1, Math.max(0, index + by))];
    if (next === undefined) return;
    setChosen(next.id);
    document.getElementById(`row-${next.id}`)?.scrollIntoView({ block: 'nearest' });
  }

  useKeys({ j: () => move(1), k: () => move(-1) });
  const { tone, word } = TASK_WORDS[task.state];

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>
          {task.agent} · {task.key ?? task.id}
        </h1>
        <StateWord tone={tone} word={word} />
        <p className={styles.reason}>{howOf(task)}</p>
        {task.marks.includes('rehearsal') ? <RehearsalMark /> : null}
        <span className={styles.spring} />
        {hasEnded(task.state) ? null : <Button onClick={onCancel}>Cancel task…</Button>}
        <CopyButton text={address} label="Copy address" />
      </header>
      <TaskFacts task={task} now={now} />
      <div className={styles.columns}>
        <Waterfall task={task} now={now} selected={selected?.id ?? null} onSelect={(row) => setChosen(row.id)} />
        <div className={styles.panels}>
          {selected === undefined ? null : <StepPanel row={selected} attempts={task.attemptList} now={now} />}
          <Body title="Input" value={task.input} />
          <Body title="Output" value={task.output} />
        </div>
      </div>
    </div>
  );
}

/** What to look at first: what failed or is in doubt, else the last answer of a model, else the last thing that happened. */
function worthALook(rows: TimelineRow[]): TimelineRow | undefined {
  const bad = rows.find((row) => row.kind === 'step' && (row.step.state === 'failed' || row.step.state === 'in-doubt'));
  const answer = rows.findLast((row) => row.kind === 'step' && row.step.kind === 'model');
  return bad ?? answer ?? rows.findLast((row) => row.kind === 'step') ?? rows[0];
}

function howOf(task: TaskDetail): string {
  const marks = task.marks.filter((mark) => mark !== 'rehearsal').map((mark) => MARK_WORDS[mark]);
  return [task.reason ?? task.error?.message ?? '', ...marks].filter((part) => part !== '').join(', ');
}
