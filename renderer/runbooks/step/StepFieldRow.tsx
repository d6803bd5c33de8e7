import { useId } from 'react';
import type { StepField } from '#contract/runbook-edit.ts';
import type { Finding } from '#contract/runbook-lint.ts';
import styles from './step.module.css';

type Props = {
  field: StepField;
  /** What was written and is not answered yet; null for what the file has. */
  written: string | null;
  onValue(value: string): void;
};

/** One part of a step to write or choose: what it is called, what it means, and what is wrong with it. */
export function StepFieldRow({ field, written, onValue }: Props) {
  const id = useId();
  const value = written ?? field.value;
  const said = `${id}-says`;
  const common = {
    id,
    value,
    'aria-describedby': said,
    'aria-invalid': field.problems.some(({ severity }) => severity === 'error'),
    'aria-required': field.required,
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{field.title}</label>
      {field.closed ? (
        <select {...common} onChange={(event) => onValue(event.target.value)}>
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.title}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          list={field.options.length === 0 ? undefined : `${id}-options`}
          onChange={(event) => onValue(event.target.value)}
          autoComplete="off"
          spellCheck={field.key === 'note' || field.key === 'text'}
          data-code={field.key === 'note' || field.key === 'text' ? undefined : true}
        />
      )}
      {field.closed || field.options.length === 0 ? null : (
        <datalist id={`${id}-options`}>
          {field.options.map((option) => (
            <option key={option.value} value={option.value} />
          ))}
        </datalist>
      )}
      <div id={said} className={styles.says}>
        {field.problems.length === 0 ? <span>{field.says}</span> : <Says problems={field.problems} />}
      </div>
    </div>
  );
}

/** What the lint says, and what mends it. */
export function Says({ problems }: { problems: readonly Finding[] }) {
  return problems.map((problem) => (
    <span key={`${problem.rule} ${problem.message}`} data-severity={problem.severity}>
      {problem.message} {problem.fix}
    </span>
  ));
}
