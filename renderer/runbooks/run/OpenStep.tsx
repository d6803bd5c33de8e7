import { type RefObject, useState } from 'react';
import type { RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import { Button, CopyButton, countdown, useKeys } from '../../kit/index.ts';
import { Markdown } from '../Markdown.tsx';
import { Choices } from './Choices.tsx';
import { PlanFacts } from './PlanFacts.tsx';
import { canSkip, isUnderWay, type Primary, primaryOf, secondTry } from './primary.ts';
import { ReasonForm } from './ReasonForm.tsx';
import styles from './run.module.css';

type Props = {
  step: RunStep;
  run: RunDetail;
  /** A command is on its way. */
  busy: boolean;
  /** Why the last command was refused, what was kept, what to do. */
  refusal: string | null;
  /** Whether this person holds the run. */
  mine: boolean;
  now: number;
  /** What is asked for with a reason. */
  asking: 'skip' | 'cancel' | null;
  onAsking(what: 'skip' | 'cancel' | null): void;
  onCommand(command: RunCommand): void;
  /** The one primary button, for Enter. */
  primaryRef: RefObject<HTMLButtonElement | null>;
};

/** The open step: its plan, what it needs, the one primary button, and the ways around it. */
export function OpenStep(props: Props) {
  const { step, run, busy, refusal, mine, now, asking, onAsking, onCommand, primaryRef } = props;
  const [answer, setAnswer] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const primary = primaryOf(step, run);
  const again = secondTry(step);
  const command = commandOf(primary, step, answer, typed);
  const plan = step.state === 'todo' ? step.plan : null;
  const expected = primary.kind === 'command' ? primary.typed : null;

  useKeys(digitKeys(step, setAnswer));

  return (
    <div className={styles.plan}>
      {step.prose.trim() === '' ? null : <Markdown text={step.prose} />}
      {plan === null ? null : <PlanFacts plan={plan} needs={step.needs} />}
      {primary.kind === 'answer' ? <Choices step={step} run={run} answer={answer} onAnswer={setAnswer} /> : null}
      {expected === null ? null : (
        <label className={styles.typed}>
          Type <code>{expected}</code> to confirm
          <input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
      )}
      {refusal === null ? null : (
        <p role="alert" className={styles.refusal}>
          {refusal}
        </p>
      )}
      {asking !== null && mine ? (
        <ReasonForm
          label={REASONS[asking].label}
          action={asking === 'cancel' && step.verb === 'wait' ? 'End the wait' : REASONS[asking].action}
          required
          busy={busy}
          onSubmit={(reason) => onCommand({ do: asking, step: step.id, reason })}
          onCancel={() => onAsking(null)}
        />
      ) : !mine && !approves(step) ? (
        <p className={styles.seen}>
          {run.holder.name} holds the run and decides here. <kbd>t</kbd> takes it over.
        </p>
      ) : (
        <div className={styles.buttons}>
          <Button
            ref={primaryRef}
            variant="primary"
            keys={primary.kind === 'wait' ? undefined : 'Enter'}
            disabled={busy || command === null}
            onClick={() => (command === null ? undefined : onCommand(command))}
          >
            {primary.label}
            {endsAt(step) === null ? null : ` · ${countdown(Math.max(0, (endsAt(step) ?? now) - now))}`}
          </Button>
          {again === null ? null : (
            <Button disabled={busy} onClick={() => onCommand(again.command)}>
              {again.label}
            </Button>
          )}
          {mine && isUnderWay(step) ? (
            <Button variant="quiet" keys="c" disabled={busy} onClick={() => onAsking('cancel')}>
              {step.verb === 'wait' ? 'End it early' : 'Cancel with a reason'}
            </Button>
          ) : null}
          {mine && canSkip(step) ? (
            <Button variant="quiet" keys="s" disabled={busy} onClick={() => onAsking('skip')}>
              Skip with a reason
            </Button>
          ) : null}
          {plan === null || plan.command === '' ? null : (
            <CopyButton className={styles.copy} text={plan.command} label="Copy command" />
          )}
        </div>
      )}
    </div>
  );
}

/** When what is under way comes to an end: of a check that holds, once it has held for long enough. */
function endsAt(step: RunStep): number | null {
  return isUnderWay(step) ? (step.holdsUntil ?? step.dueAt) : null;
}

/** The digits pick one of the choices of a question. */
function digitKeys(step: RunStep, onAnswer: (answer: string) => void): Record<string, () => void> {
  const asks = step.verb === 'ask' && step.state === 'todo';
  const keys = step.choices.slice(0, 9).map((choice, index) => [String(index + 1), () => onAnswer(choice.value)]);
  return asks ? Object.fromEntries(keys) : {};
}

/** The command that the primary button sends; null while something is missing or the desk is at work. */
function commandOf(primary: Primary, step: RunStep, answer: string | null, typed: string): RunCommand | null {
  switch (primary.kind) {
    case 'wait':
      return null;
    case 'answer':
      return answer === null || answer === '' ? null : { do: 'answer', step: step.id, choice: answer };
    case 'command':
      if (primary.typed === null) return primary.command;
      return typed === primary.typed && primary.command.do === 'confirm' ? { ...primary.command, typed } : null;
  }
}

const REASONS = {
  skip: { label: 'Why go on past this step? It stands in the audit.', action: 'Skip the step' },
  cancel: { label: 'Why stop it? It stands in the audit.', action: 'Cancel it' },
} as const;

/** Whether somebody who does not hold the run may press: their press is an approval. */
function approves(step: RunStep): boolean {
  return step.state === 'todo' && step.approvals > 1;
}
