import { Button } from '../../kit/index.ts';
import styles from './run.module.css';

type Props = {
  /** The step's title, for those who hear the button and not its row. */
  title: string;
  /** What the undo runs, as a command line. */
  command: string;
  /** Whether it was asked for, and waits for the confirmation. */
  asked: boolean;
  busy: boolean;
  onAsk(): void;
  onCancel(): void;
  onUndo(): void;
};

/** Undo of a mitigation: what it will run is shown before it runs. */
export function UndoStep({ title, command, asked, busy, onAsk, onCancel, onUndo }: Props) {
  if (!asked) {
    return (
      <button type="button" className={styles.undo} onClick={onAsk} aria-label={`Undo: ${title}`}>
        Undo
      </button>
    );
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the buttons in it
    <span
      className={styles.undoAsked}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <span>
        Will run <code>{command}</code>
      </span>
      {/* The person asked for it a moment ago, by its key or button. */}
      <Button variant="primary" keys="Enter" disabled={busy} onClick={onUndo} autoFocus>
        Undo now
      </Button>
      <Button variant="quiet" keys="Esc" onClick={onCancel}>
        Keep it
      </Button>
    </span>
  );
}
