import ink from '../../kit/ink.module.css';
import { diffLines } from '../editor/lines.ts';
import styles from './step.module.css';

/** Lines that stay, shown around those that change. */
const AROUND = 2;

type Line = { kind: 'same' | 'gone' | 'new' | 'cut'; text: string; number: number };

/** What a change does to the lines of a file, to read before it is saved. */
export function StepDifference({ before, after }: { before: string; after: string }) {
  const lines = shownLines(before.split(/\r?\n/), after.split(/\r?\n/));
  if (lines.length === 0) return <p className={styles.weak}>Nothing yet.</p>;
  return (
    // The keyboard has to reach what scrolls.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <pre className={styles.difference} tabIndex={0} role="region" aria-label="What changes in the file">
      {lines.map(({ kind, text, number }) => (
        <span key={`${kind} ${number}`} className={styles.line} data-kind={kind}>
          <span className={styles.number} aria-hidden="true">
            {kind === 'cut' ? '' : number}
          </span>
          <span aria-hidden="true">{SIGNS[kind]} </span>
          <span className={ink.hidden}>{HEARD[kind]}</span>
          <span className={styles.words}>{text === '' ? ' ' : text}</span>
        </span>
      ))}
    </pre>
  );
}

const SIGNS = { same: ' ', gone: '−', new: '+', cut: '⋯' } as const;
const HEARD = { same: '', gone: 'was: ', new: 'now: ', cut: '' } as const;

function shownLines(before: readonly string[], after: readonly string[]): Line[] {
  const hunks = diffLines(before, after);
  const lines: Line[] = [];
  let shown = 0;
  for (const [index, hunk] of hunks.entries()) {
    const from = Math.max(shown, hunk.aFrom - AROUND);
    if (index > 0 && from > shown) lines.push({ kind: 'cut', text: '', number: from });
    for (let at = from; at < hunk.aFrom; at += 1) lines.push({ kind: 'same', text: before[at] ?? '', number: at + 1 });
    for (let at = hunk.aFrom; at < hunk.aTo; at += 1)
      lines.push({ kind: 'gone', text: before[at] ?? '', number: at + 1 });
    for (let at = hunk.bFrom; at < hunk.bTo; at += 1)
      lines.push({ kind: 'new', text: after[at] ?? '', number: at + 1 });
    const next = hunks[index + 1]?.aFrom ?? before.length;
    shown = Math.min(next, hunk.aTo + AROUND);
    for (let at = hunk.aTo; at < shown; at += 1) lines.push({ kind: 'same', text: before[at] ?? '', number: at + 1 });
  }
  return lines;
}
