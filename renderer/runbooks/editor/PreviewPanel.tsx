import { useEffect, useRef } from 'react';
import type { Runbook } from '#contract/runbook.ts';
import type { TriedStep } from '#contract/runbook-edit.ts';
import { Button, CommandLine, Facts, Refusal, StateWord, TextField } from '../../kit/index.ts';
import { Checklist } from '../Checklist.tsx';
import styles from './editor.module.css';

export type Trial = {
  /** What stands for the inputs while steps are tried. */
  inputs: Record<string, string>;
  busy: boolean;
  /** What the last one said; null before. */
  said: { step: string; answer: TriedStep } | null;
  refusal: string | null;
};

type Props = {
  runbook: Runbook;
  /** The step at the cursor. */
  step: string | null;
  trial: Trial;
  /** What stands for an input that is left empty. */
  otherwise(input: Runbook['inputs'][number]): string;
  onInputs(inputs: Record<string, string>): void;
  onTry(): void;
};

/** The checklist that the text comes to; the step at the cursor can be tried. */
export function PreviewPanel({ runbook, step, trial, otherwise, onInputs, onTry }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another step is looked for
  useEffect(() => {
    panel.current?.querySelector('[aria-current="step"]')?.scrollIntoView({ block: 'nearest' });
  }, [step]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another answer is shown
  useEffect(() => {
    panel.current?.querySelector('[role="status"], [role="alert"]')?.scrollIntoView({ block: 'nearest' });
  }, [trial.said, trial.refusal]);
  return (
    <div ref={panel} className={styles.preview}>
      {runbook.live ? null : (
        <p className={styles.weak}>No “runbook: 1” in its front matter: all its steps are done by hand.</p>
      )}
      {runbook.inputs.length === 0 ? null : (
        <fieldset className={styles.inputs} aria-label="Inputs to try steps with">
          {runbook.inputs.map((input) => (
            <TextField
              key={input.name}
              label={`${input.name}, ${input.type}`}
              value={trial.inputs[input.name] ?? ''}
              placeholder={otherwise(input)}
              onValue={(value) => onInputs({ ...trial.inputs, [input.name]: value })}
            />
          ))}
        </fieldset>
      )}
      {step === null ? (
        <>
          <p className={styles.weak}>Put the cursor into a step to try it: its plan is made from the live state.</p>
          <Refusal why={trial.refusal} />
        </>
      ) : null}
      <Checklist runbook={runbook} selected={step}>
        <div className={styles.tried}>
          <div>
            <Button keys="Ctrl Enter" disabled={trial.busy} onClick={onTry}>
              Try this step
            </Button>
          </div>
          <Refusal why={trial.refusal} />
          {trial.said === null || trial.said.step !== step ? null : <Said answer={trial.said.answer} />}
        </div>
      </Checklist>
    </div>
  );
}

/** What a step would do now. */
function Said({ answer }: { answer: TriedStep }) {
  const { plan } = answer;
  return (
    <div role="status" className={styles.tried}>
      <StateWord
        tone={answer.ok ? 'act' : 'soon'}
        word={answer.ok ? 'Dry run, nothing was changed' : 'Cannot be done now'}
      />
      {plan === null ? (
        <p>{answer.says}</p>
      ) : (
        <>
          <Facts
            facts={[
              { name: 'Will change', value: plan.willChange },
              { name: 'Touches', value: plan.touches },
              ...(plan.headroom === null ? [] : [{ name: 'Headroom', value: plan.headroom }]),
              { name: 'Undone by', value: plan.undoneBy },
            ]}
          />
          {plan.command === '' ? null : <CommandLine command={plan.command} />}
        </>
      )}
    </div>
  );
}
