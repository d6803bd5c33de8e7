import type { ReactNode } from 'react';
import type { RunStep } from '#contract/runbook.ts';
import { clockTime, countdown, percentText, StateWord } from '../../kit/index.ts';
import { Inline } from '../Markdown.tsx';
import { plain } from './done.ts';
import styles from './run.module.css';
import { StepBox } from './StepBox.tsx';
import { StepOutput } from './StepOutput.tsx';
import { wordOf } from './word.ts';

type Props = {
  step: RunStep;
  /** The step that is next, open on screen. */
  open: boolean;
  /** Where j and k stand. */
  selected: boolean;
  now: number;
  onSelect(): void;
  /** Changes it in the runbook's file. */
  onEdit(): void;
  /** Begins its lease anew; null where there is none, or it is another's to do. */
  onRenew: (() => void) | null;
  /** Undo, where there is something to undo. */
  undo: ReactNode;
  /** What can be done to the open step. */
  children: ReactNode;
};

/** One step of a run: what it is, how it stands, what was seen; the open one with its plan and buttons under it. */
export function StepRow({ step, open, selected, now, onSelect, onEdit, onRenew, undo, children }: Props) {
  const { tone, word } = wordOf(step, open);
  const seen = seenLine(step, now);
  return (
    <li
      className={styles.step}
      data-open={open || undefined}
      data-selected={selected || undefined}
      data-state={step.state}
      aria-current={open ? 'step' : undefined}
      id={`step-${step.id}`}
    >
      <StepBox state={step.state} open={open} />
      <div className={styles.body}>
        <div className={styles.head}>
          <button type="button" className={styles.title} tabIndex={-1} onClick={onSelect}>
            <Inline markdown={step.title} />
          </button>
          {step.directive === null ? null : <code className={styles.directive}>{step.directive}</code>}
          {selected ? (
            <button
              type="button"
              className={styles.undo}
              onClick={onEdit}
              aria-label={`Edit step: ${plain(step.title)}`}
            >
              Edit step
            </button>
          ) : null}
        </div>
        {seen === '' && undo === null && onRenew === null ? null : (
          <p className={styles.seen}>
            {seen}
            {onRenew === null ? null : (
              <button
                type="button"
                className={styles.undo}
                onClick={onRenew}
                aria-label={`Renew: ${plain(step.title)}`}
              >
                Renew
              </button>
            )}
            {undo}
          </p>
        )}
        {step.output !== null && (open || selected) ? (
          <StepOutput title={plain(step.title)} output={step.output} />
        ) : null}
        {open && step.note !== null ? (
          <p className={styles.note}>
            <Inline markdown={step.note} />
          </p>
        ) : null}
      </div>
      <div className={styles.word}>{word === '' ? null : <StateWord tone={tone} word={word} />}</div>
      {open ? <div className={styles.act}>{children}</div> : null}
    </li>
  );
}

/** What a step says once something happened to it: when, by whom, what was seen, when it ends by itself. */
function seenLine(step: RunStep, now: number): string {
  const at = step.endedAt ?? step.startedAt;
  const parts = [
    at === null || step.state === 'todo' ? null : clockTime(at, 'seconds'),
    step.seen,
    step.seen === null && step.answer !== null ? `answered: ${step.answer}` : null,
    step.reason !== null && step.seen?.includes(step.reason) === true ? null : step.reason,
    step.checks > 0 && step.verb === 'verify' ? `asked ${step.checks} ${step.checks === 1 ? 'time' : 'times'}` : null,
    changeLine(step),
    leaseLine(step, now),
    step.by === null || step.state === 'todo' ? null : step.by.name,
  ];
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

function changeLine(step: RunStep): string | null {
  const before = step.before?.estimate ?? null;
  const after = step.after?.estimate ?? null;
  return before === null || after === null
    ? null
    : `success ${percentText(before)} before, ${percentText(after)} since`;
}

function leaseLine(step: RunStep, now: number): string | null {
  if (step.until === null || step.state !== 'passed') return null;
  if (step.until <= now) return `ended by itself at ${clockTime(step.until)}`;
  // What was seen says when; what is left of it counts down.
  const at = step.seen?.includes('ends by itself') === true ? 'that is' : `ends by itself at ${clockTime(step.until)},`;
  return `${at} in ${countdown(step.until - now)}`;
}
