import { useState } from 'react';
import { type DeadLetters, REQUEUE_MAX } from '#contract/action.ts';
import { errorClassSchema, type TaskFilter } from '#contract/task.ts';
import { Button, countText, useKeys } from '../kit/index.ts';
import { deadLettersOf, REQUEUE_DEFAULT, readLimit } from './dead-letters.ts';
import { withClass } from './filter.ts';
import styles from './tasks.module.css';

type Props = {
  filter: TaskFilter;
  total: number;
  totalCap: number;
  onFilter(filter: TaskFilter): void;
  onRequeue(letters: DeadLetters): void;
};

/** Over a list of dead letters: put those that match back into the queue, the newest so many, after a look at the plan. */
export function DeadLetterBar({ filter, total, totalCap, onFilter, onRequeue }: Props) {
  const [typed, setTyped] = useState(String(REQUEUE_DEFAULT));
  const letters = deadLettersOf(filter);
  const limit = readLimit(typed);
  const ask = () => (letters === null || limit === null ? undefined : onRequeue({ ...letters, limit }));
  useKeys({ q: ask });
  // The rows of the page stay in their places.
  if (letters === null) return <div hidden />;
  const doubtful = filter.state?.includes('in-doubt') ?? false;
  return (
    <search className={styles.letters} aria-label="Dead letters">
      <span>
        {total >= totalCap && totalCap > 0 ? `more than ${countText(totalCap)}` : countText(total)} match
        {doubtful ? '; those in doubt are resolved one by one' : ''}
      </span>
      <label>
        ended with
        <select
          value={filter.errorClass ?? ''}
          onChange={(event) => {
            const chosen = errorClassSchema.safeParse(event.target.value);
            onFilter(withClass(filter, chosen.success ? chosen.data : null));
          }}
        >
          <option value="">any error</option>
          {errorClassSchema.options.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label>
        the newest
        <input
          inputMode="numeric"
          value={typed}
          aria-invalid={limit === null}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <Button keys="q" disabled={limit === null || total === 0} onClick={ask}>
        Requeue…
      </Button>
      {limit === null ? <span role="alert">From 1 to {countText(REQUEUE_MAX)} at a time.</span> : null}
    </search>
  );
}
