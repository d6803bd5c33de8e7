import { useState } from 'react';
import type { RunbookHistory } from '#contract/runbook-edit.ts';
import { Button, clockTime, dayText, Refusal } from '../../kit/index.ts';
import { Difference } from './Difference.tsx';
import styles from './editor.module.css';

type Props = {
  /** Null before the first answer. */
  history: RunbookHistory | null;
  trouble: string | null;
  /** What the editor holds. */
  text: string;
  /** @returns undefined when it was refused */
  onVersion(commit: string): Promise<string | undefined>;
  onTake(text: string): void;
};

/** The versions in the folder's git, and what the text has otherwise than one of them. */
export function HistoryPanel({ history, trouble, text, onVersion, onTake }: Props) {
  const [shown, setShown] = useState<{ commit: string; text: string } | null>(null);
  if (history === null) return <p className={styles.weak}>{trouble ?? 'reading…'}</p>;
  return (
    <>
      <Refusal why={trouble} />
      {history.why === null ? null : (
        <p className={styles.weak}>{history.why} Where the folder is in git, its versions stand here.</p>
      )}
      <ol className={styles.list}>
        {history.versions.map(({ commit, at, by, subject }) => (
          <li key={commit} data-selected={shown?.commit === commit || undefined}>
            <span>{subject}</span>
            <span className={styles.under}>
              {dayText(at)} {clockTime(at)} · {by} · <code>{commit.slice(0, 10)}</code>
            </span>
            <Button
              variant="quiet"
              aria-pressed={shown?.commit === commit}
              onClick={async () => {
                const version = await onVersion(commit);
                if (version !== undefined) setShown({ commit, text: version });
              }}
            >
              Compare with the text
            </Button>
          </li>
        ))}
      </ol>
      {shown === null ? null : (
        <>
          <h2>From {shown.commit.slice(0, 10)} to the text in the editor</h2>
          <Difference before={shown.text} after={text} label="What changed since that version" />
          <div>
            <Button onClick={() => onTake(shown.text)}>Put that version into the editor</Button>
          </div>
        </>
      )}
    </>
  );
}
