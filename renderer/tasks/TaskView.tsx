import { type ReactNode, useState } from 'react';
import type { TaskDetail } from '#contract/task.ts';
import { Button, CopyButton, RehearsalMark, StateWord, useKeys } from '../kit/index.ts';
import { canDo, forkSteps } from './dead-letters.ts';
import { FamilyPanel } from './FamilyPanel.tsx';
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
  /** What it waits for a person with: its open question, its effect in doubt. */
  children: ReactNode;
  addressOf(id: string): string;
  onCancel(): void;
  onRequeue(): void;
  onResubmit(): void;
  onRetry(): void;
  /** @param step the finished step that is selected, if one is */
  onFork(step: string | null): void;
};

/** One task: its numbers, its waterfall, what the selected row is made of, and what can be done to it. */
export function TaskView(props: Props) {
  const { task, now, address, children, addressOf } = props;
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

  const can = canDo(task);
  const forks = forkSteps(task).length > 0;
  const fork = () =>
    props.onFork(selected?.kind === 'step' && selected.step.state === 'done' ? selected.step.name : null);
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ...(can.requeue ? { q: props.onRequeue } : {}),
    ...(can.resubmit ? { e: props.onResubmit } : {}),
    ...(can.retry ? { n: props.onRetry } : {}),
    ...(forks ? { f: fork } : {}),
  });
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
        <div className={styles.buttons}>
          {can.requeue ? (
            <Button keys="q" onClick={props.onRequeue}>
              Requeue…
            </Button>
          ) : null}
          {can.retry ? (
            <Button keys="n" onClick={props.onRetry}>
              Retry now…
            </Button>
          ) : null}
          {can.resubmit ? (
            <Button keys="e" onClick={props.onResubmit}>
              Edit and resubmit…
            </Button>
          ) : null}
          {forks ? (
            <Button keys="f" onClick={fork}>
              Fork from step…
            </Button>
          ) : null}
          {can.cancel ? <Button onClick={props.onCancel}>Cancel task…</Button> : null}
          <CopyButton text={address} label="Copy address" />
        </div>
      </header>
      <TaskFacts task={task} now={now} />
      {children}
      <div className={styles.columns}>
        <Waterfall task={task} now={now} selected={selected?.id ?? null} onSelect={(row) => setChosen(row.id)} />
        <div className={styles.panels}>
          <FamilyPanel task={task} addressOf={addressOf} />
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
