import { CopyButton } from './CopyButton.tsx';
import styles from './documents.module.css';

/** The command line that does the same, to copy. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className={styles.command}>
      <code>{command}</code>
      <CopyButton text={command} label="Copy command" />
    </div>
  );
}
