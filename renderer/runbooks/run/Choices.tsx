import type { RunDetail, RunStep } from '#contract/runbook.ts';
import { Key } from '../../kit/index.ts';
import { sectionNamed } from './primary.ts';
import styles from './run.module.css';

type Props = {
  step: RunStep;
  run: Pick<RunDetail, 'steps'>;
  answer: string | null;
  onAnswer(answer: string): void;
};

/** The answers of a question, each with where it leads; the digits pick one. A question without choices takes a text. */
export function Choices({ step, run, answer, onAnswer }: Props) {
  if (step.choices.length === 0) {
    return (
      <label className={styles.typed}>
        Your answer
        <input value={answer ?? ''} onChange={(event) => onAnswer(event.target.value)} autoComplete="off" />
      </label>
    );
  }
  return (
    <fieldset className={styles.choices}>
      <legend>Choose one</legend>
      {step.choices.map((choice, index) => (
        <label key={choice.value} className={styles.choice}>
          <input
            type="radio"
            name={`answer-${step.id}`}
            value={choice.value}
            checked={answer === choice.value}
            onChange={() => onAnswer(choice.value)}
          />
          <span className={styles.choiceName}>{choice.value}</span>
          <span className={styles.choiceTo}>
            {choice.goto === null ? 'go on' : `→ ${sectionNamed(choice.goto, run)}`}
          </span>
          {index < 9 ? <Key>{String(index + 1)}</Key> : null}
        </label>
      ))}
    </fieldset>
  );
}
