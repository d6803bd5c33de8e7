import type { ReactNode } from 'react';
import type { RunStep } from '#contract/runbook.ts';
import { StateWord } from '../../kit/index.ts';
import { Inline } from '../Markdown.tsx';
import { plain } from './done.ts';
import styles from './run.module.css';
import { StepBox } from './StepBox.tsx';
import { StepOutput } from './StepOutput.tsx';
import { seenLine } from './said.ts';
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
  const { tone, word } = wordOf(step, open, now);
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
