import { type RefObject, useId } from 'react';
import styles from './documents.module.css';

/** Rows of the field at least and at most. */
const ROWS = { least: 3, most: 18 } as const;

type Props = {
  label: string;
  text: string;
  /** What is wrong with it, said under it; null while nothing is. */
  fault: string | null;
  inputRef?: RefObject<HTMLTextAreaElement | null> | undefined;
  onText(text: string): void;
};

/** A JSON document to write: what is wrong with it stands under it. Ctrl Enter sends the form it is in. */
export function JsonField({ label, text, fault, inputRef, onText }: Props) {
  return <LinesField {...{ label, text, fault, inputRef, onText }} code />;
}

/** Words of several lines. Ctrl Enter sends the form it is in. */
export function LinesField({ label, text, fault, inputRef, onText, code = false }: Props & { code?: boolean }) {
  const id = useId();
  const lines = text.split('\n').length;
  return (
    <label className={styles.field}>
      <span>{label}</span>
      <textarea
        ref={inputRef}
        rows={Math.min(ROWS.most, Math.max(ROWS.least, lines + (code ? 1 : 0)))}
        value={text}
        data-code={code || undefined}
        spellCheck={!code}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : id}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
      {fault === null ? null : (
        <span id={id} className={styles.fieldFault}>
          {fault}
        </span>
      )}
    </label>
  );
}
