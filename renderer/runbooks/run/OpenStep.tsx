import { type RefObject, useState } from 'react';
import type { RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import { Button, CopyButton, useKeys } from '../../kit/index.ts';
import { Markdown } from '../Markdown.tsx';
import { Choices } from './Choices.tsx';
import { PlanFacts } from './PlanFacts.tsx';
import { canSkip, type Primary, primaryOf, secondTry } from './primary.ts';
import { ReasonForm } from './ReasonForm.tsx';
import styles from './run.module.css';

type Props = {
  step: RunStep;
  run: RunDetail;
  /** A command is on its way. */
  busy: boolean;
  /** Why the last command was refused, what was kept, what to do. */
  refusal: string | null;
  skipping: boolean;
  onSkipping(skipping: boolean): void;
  onCommand(command: RunCommand): void;
  /** The one primary button, for Enter. */
  primaryRef: RefObject<HTMLButtonElement | null>;
};

/** The open step: its plan, what it needs, the one primary button, and the ways around it. */
export function OpenStep(props: Props) {
  const { step, run, busy, refusal, skipping, onSkipping, onCommand, primaryRef } = props;
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
      {plan === null ? null : <PlanFacts plan={plan} needs={needsOf(step)} />}
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
      {skipping ? (
        <ReasonForm
          label="Why go on past this step? It stands in the audit."
          action="Skip the step"
          required
          busy={busy}
          onSubmit={(reason) => onCommand({ do: 'skip', step: step.id, reason })}
          onCancel={() => onSkipping(false)}
        />
      ) : (
        <div className={styles.buttons}>
          <Button
            ref={primaryRef}
            variant="primary"
            keys="Enter"
            disabled={busy || command === null}
            onClick={() => (command === null ? undefined : onCommand(command))}
          >
            {primary.label}
          </Button>
          {again === null ? null : (
            <Button disabled={busy} onClick={() => onCommand(again.command)}>
              {again.label}
            </Button>
          )}
          {canSkip(step) ? (
            <Button variant="quiet" keys="s" disabled={busy} onClick={() => onSkipping(true)}>
              Skip with a reason
            </Button>
          ) : null}
          {plan === null ? null : <CopyButton className={styles.copy} text={plan.command} label="Copy command" />}
        </div>
      )}
    </div>
  );
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

function needsOf(step: RunStep): string | null {
  if (step.approvals > 1) return step.seen ?? `${step.approvals} people: each confirms as themselves`;
  switch (step.confirm) {
    case 'type':
      return 'the name, typed';
    case 'press':
      return 'your confirmation';
    case 'none':
      return null;
  }
}
