import { useState } from 'react';
import { Button } from '../../kit/index.ts';
import styles from './run.module.css';

/** A reason says at least so much, as the desk asks for it, in characters. */
const SHORTEST_REASON = 3;
const LONGEST_REASON = 500;

type Props = {
  label: string;
  action: string;
  /** Whether it cannot go without a reason. */
  required: boolean;
  busy: boolean;
  onSubmit(reason: string): void;
  onCancel(): void;
};

/** A typed reason for leaving the runbook's way: Enter sends it, Esc goes back. */
export function ReasonForm({ label, action, required, busy, onSubmit, onCancel }: Props) {
  const [reason, setReason] = useState('');
  const text = reason.trim();
  const enough = text.length >= SHORTEST_REASON || (!required && text === '');
  return (
    <form
      className={styles.reason}
      onSubmit={(event) => {
        event.preventDefault();
        if (enough && !busy) onSubmit(text);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onCancel();
      }}
    >
      <label>
        {label}
        <input
          // The person asked for this form a moment ago, by its key or button.
          // biome-ignore lint/a11y/noAutofocus: see above
          autoFocus
          value={reason}
          maxLength={LONGEST_REASON}
          onChange={(event) => setReason(event.target.value)}
          autoComplete="off"
        />
      </label>
      <div className={styles.buttons}>
        <Button type="submit" variant="primary" keys="Enter" disabled={!enough || busy}>
          {action}
        </Button>
        <Button variant="quiet" keys="Esc" onClick={onCancel}>
          Go back
        </Button>
      </div>
    </form>
  );
}
