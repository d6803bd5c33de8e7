import { Check, Minus, Undo2, X } from 'lucide-react';
import type { RunStepState } from '#contract/runbook.ts';
import styles from './run.module.css';

/** The checkbox of a step, drawn: ticked, crossed, skipped, open or still to come. The row says the same in a word. */
export function StepBox({ state, open }: { state: RunStepState; open: boolean }) {
  return (
    <span className={styles.box} data-state={state} data-open={open || undefined} aria-hidden="true">
      <Sign state={state} />
    </span>
  );
}

function Sign({ state }: { state: RunStepState }) {
  switch (state) {
    case 'passed':
      return <Check strokeWidth={3} />;
    case 'failed':
      return <X strokeWidth={3} />;
    case 'skipped':
      return <Minus strokeWidth={3} />;
    case 'undone':
      return <Undo2 strokeWidth={2.5} />;
    case 'todo':
    case 'acting':
    case 'checking':
    case 'no-data':
      return null;
  }
}
