import type { ReactNode, RefObject } from 'react';
import { Button } from './Button.tsx';
import { CommandLine } from './CommandLine.tsx';
import styles from './documents.module.css';
import { Refusal } from './Refusal.tsx';

type Props = {
  /** On the button. */
  verb: string;
  busy: boolean;
  refusal: string | null;
  /** What is still missing, said beside the button; null when nothing is. */
  missing: string | null;
  /** The command line that does the same. */
  command?: string | undefined;
  /** Several lines can be written: Enter alone belongs to them. */
  lines?: boolean;
  /** Its button, to have the focus first where there is no field. */
  sendRef?: RefObject<HTMLButtonElement | null>;
  onSend(): void;
  onClose(): void;
  /** On the button that closes it. */
  close?: string;
  children: ReactNode;
};

/** A form in a dialog: Enter sends it, from several lines Ctrl Enter, and Esc does nothing. */
export function Form(props: Props) {
  const { verb, busy, refusal, missing, command, lines = false, sendRef, onSend, onClose } = props;
  const { close = 'Do nothing', children } = props;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && missing === null) onSend();
      }}
      onKeyDown={(event) => {
        // Fields of several lines do it themselves.
        if (event.defaultPrevented || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        event.currentTarget.requestSubmit();
      }}
    >
      {children}
      {command === undefined || missing !== null ? null : <CommandLine command={command} />}
      <Refusal why={refusal} />
      <div className={styles.formEnd}>
        <Button
          ref={sendRef}
          type="submit"
          variant="primary"
          keys={lines ? 'Ctrl Enter' : 'Enter'}
          disabled={busy || missing !== null}
        >
          {verb}
        </Button>
        <Button variant="quiet" keys="Esc" onClick={onClose}>
          {close}
        </Button>
        {missing === null ? null : <span className={styles.formMissing}>{missing}</span>}
      </div>
    </form>
  );
}
