import { type ReactNode, useState } from 'react';
import { commandOf } from '#contract/action.ts';
import type { RollBackPlan, RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import { Button, spanText } from '../../kit/index.ts';
import { plain } from './done.ts';
import { ReasonForm } from './ReasonForm.tsx';
import styles from './run.module.css';
import { isProven } from './word.ts';

/** What is asked about the run as a whole, before it is done. */
export type RunAsk = { what: 'end' | 'hand-over' | 'take-over' } | { what: 'roll-back' | 'renew'; step: string };

type Props = {
  ask: RunAsk;
  run: RunDetail;
  steps: readonly RunStep[];
  /** What rolling back to the step asked for would do; null while it is not known. */
  rollBack: RollBackPlan | null;
  busy: boolean;
  onCommand(command: RunCommand): void;
  onCancel(): void;
};

/** The question over the steps: what it will do is said before it is done; Enter does it, Esc goes back. */
export function RunAsking({ ask, run, steps, rollBack, busy, onCommand, onCancel }: Props) {
  switch (ask.what) {
    case 'end':
      return (
        <section className={styles.end} aria-label="End the run">
          <ReasonForm
            label={
              isProven(steps)
                ? 'The recovery is proven. A closing word, if you like.'
                : 'The recovery is not proven. Why do you end the run here? It stands in the audit.'
            }
            action="End the run"
            required={!isProven(steps)}
            busy={busy}
            onSubmit={(reason) => onCommand({ do: 'end', ...(reason === '' ? {} : { reason }) })}
            onCancel={onCancel}
          />
        </section>
      );
    case 'hand-over':
      return <HandOver run={run} busy={busy} onCommand={onCommand} onCancel={onCancel} />;
    case 'take-over':
      return (
        <Question
          label="Take the run over"
          action="Take over"
          busy={busy}
          onDo={() => onCommand({ do: 'take-over' })}
          onCancel={onCancel}
        >
          <p>
            {run.holder.name} holds this run and is told. From then on the run does what you say; what is in force stays
            in force.
          </p>
        </Question>
      );
    case 'renew': {
      const lease = steps.find((one) => one.id === ask.step);
      const action = lease?.receipt?.action;
      const forMs = action !== undefined && 'forMs' in action ? (action.forMs ?? 0) : 0;
      return (
        <Question
          label={`Renew ${plain(lease?.title ?? ask.step)}`}
          action="Renew"
          busy={busy || action === undefined}
          onDo={() => onCommand({ do: 'renew', step: ask.step })}
          onCancel={onCancel}
        >
          <p>
            “{plain(lease?.title ?? ask.step)}” stays in force for {spanText(forMs)} from now
            {action === undefined ? '.' : ': '}
            {action === undefined ? null : <code>{commandOf(action)}</code>}
          </p>
        </Question>
      );
    }
    case 'roll-back': {
      const { step } = ask;
      const title = plain(steps.find((one) => one.id === step)?.title ?? step);
      return (
        <Question
          label={`Roll back to ${title}`}
          action="Roll back"
          busy={busy || rollBack === null || rollBack.every(({ plan }) => plan === null)}
          onDo={() => onCommand({ do: 'roll-back', step })}
          onCancel={onCancel}
        >
          <p>Undone in this order, each seen before the next; then the run stands at “{title}” again.</p>
          <ol className={styles.rollBack}>
            {(rollBack ?? []).map((one) => (
              <li key={one.step}>
                <span>{one.title}</span>
                {one.plan === null ? <span className={styles.stays}>{one.says}</span> : <code>{one.plan.command}</code>}
              </li>
            ))}
          </ol>
        </Question>
      );
    }
  }
}

type QuestionProps = {
  label: string;
  action: string;
  busy: boolean;
  onDo(): void;
  onCancel(): void;
  children: ReactNode;
};

function Question({ label, action, busy, onDo, onCancel, children }: QuestionProps) {
  return (
    <section
      className={styles.end}
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      {children}
      <div className={styles.buttons}>
        {/* The person asked for it a moment ago, by its key or button. */}
        <Button key={String(busy)} variant="primary" keys="Enter" disabled={busy} onClick={onDo} autoFocus>
          {action}
        </Button>
        <Button variant="quiet" keys="Esc" onClick={onCancel}>
          Go back
        </Button>
      </div>
    </section>
  );
}

type HandOverProps = Pick<Props, 'run' | 'busy' | 'onCommand' | 'onCancel'>;

function HandOver({ run, busy, onCommand, onCancel }: HandOverProps) {
  const others = run.viewers.filter((name) => name !== run.holder.name);
  const [to, setTo] = useState(others[0] ?? '');
  const leases = run.steps.filter((step) => step.state === 'passed' && step.renewable);
  return (
    <section className={styles.end} aria-label="Hand the run over">
      <form
        className={styles.reason}
        onSubmit={(event) => {
          event.preventDefault();
          if (to.trim() !== '' && !busy) onCommand({ do: 'hand-over', to: to.trim() });
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          onCancel();
        }}
      >
        <label>
          {others.length === 0
            ? 'Who takes it? Nobody else has it open.'
            : `Who takes it? ${others.join(', ')} look on.`}
          <input
            // The person asked for this form a moment ago, by its key or button.
            // biome-ignore lint/a11y/noAutofocus: see above
            autoFocus
            value={to}
            maxLength={120}
            onChange={(event) => setTo(event.target.value)}
            autoComplete="off"
          />
        </label>
        <p className={styles.seen}>
          {leases.length === 0
            ? 'Nothing of this run is in force.'
            : `In force and handed over with it: ${leases.map((step) => plain(step.title)).join(', ')}.`}
        </p>
        <div className={styles.buttons}>
          <Button type="submit" variant="primary" keys="Enter" disabled={busy || to.trim() === ''}>
            Hand over
          </Button>
          <Button variant="quiet" keys="Esc" onClick={onCancel}>
            Go back
          </Button>
        </div>
      </form>
    </section>
  );
}
