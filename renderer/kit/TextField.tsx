import type { RefObject } from 'react';
import styles from './documents.module.css';

type Props = {
  label: string;
  value: string;
  placeholder?: string | undefined;
  /** Characters at most. */
  longest?: number;
  inputRef?: RefObject<HTMLInputElement | null> | undefined;
  onValue(value: string): void;
};

/** One line to write, under its label. */
export function TextField({ label, value, placeholder, longest = 500, inputRef, onValue }: Props) {
  return (
    <label className={styles.field}>
      <span>{label}</span>
      <input
        ref={inputRef}
        value={value}
        placeholder={placeholder}
        maxLength={longest}
        autoComplete="off"
        onChange={(event) => onValue(event.target.value)}
      />
    </label>
  );
}
