import { useState } from 'react';
import type { RunCommand, RunDetail, StepChange } from '#contract/runbook.ts';
import { Button, useKeys } from '../../kit/index.ts';
import { plain } from './done.ts';
import styles from './run.module.css';

type Props = {
  edited: NonNullable<RunDetail['edited']>;
  /** Whether this person holds the run. */
  mine: boolean;
  busy: boolean;
  onCommand(command: RunCommand): void;
};

/** The file has some steps otherwise than the run, which keeps what it began with: each is adopted or ignored. */
export function Edited({ edited: { hash, changes }, mine, busy, onCommand }: Props) {
  const [shown, setShown] = useState(false);
  useKeys({ d: () => setShown(!shown) });
  const all = changes.map(({ step }) => step);
  const decide = (what: 'adopt' | 'ignore', steps: string[]): void => onCommand({ do: what, hash, steps });
  return (
    <section className={styles.edited} aria-label="The runbook was edited">
      <div className={styles.editedHead}>
        <p>
          The runbook’s file was edited: {changes.length === 1 ? 'one step differs' : `${changes.length} steps differ`}.
          This run keeps what it began with.
        </p>
        <span className={styles.buttons}>
          <Button keys="d" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Hide' : 'Show'} the difference
          </Button>
          {mine ? (
            <>
              <Button disabled={busy} onClick={() => decide('adopt', all)}>
                Adopt all
              </Button>
              <Button variant="quiet" disabled={busy} onClick={() => decide('ignore', all)}>
                Ignore
              </Button>
            </>
          ) : null}
        </span>
      </div>
      {shown ? (
        <ul className={styles.changes}>
          {changes.map((change) => (
            <Change
              key={change.step}
              change={change}
              onDecide={mine && !busy ? (what) => decide(what, [change.step]) : null}
            />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

const WORDS: Record<StepChange['kind'], string> = { changed: 'changed', added: 'new', removed: 'gone' };

function Change({ change, onDecide }: { change: StepChange; onDecide: ((what: 'adopt' | 'ignore') => void) | null }) {
  return (
    <li>
      <div className={styles.changeHead}>
        <span>
          <strong>{plain(change.title)}</strong> <span className={styles.by}>{WORDS[change.kind]}</span>
        </span>
        {onDecide === null ? null : (
          <span className={styles.buttons}>
            <Button onClick={() => onDecide('adopt')}>Adopt</Button>
            <Button variant="quiet" onClick={() => onDecide('ignore')}>
              Ignore
            </Button>
          </span>
        )}
      </div>
      <pre className={styles.difference}>
        {change.before === null ? null : <del>{change.before}</del>}
        {change.after === null ? null : <ins>{change.after}</ins>}
      </pre>
    </li>
  );
}
