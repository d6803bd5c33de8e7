import type { Json } from '#contract/basic.ts';
import styles from './documents.module.css';
import { diffLines, jsonText, readableJson } from './json.ts';

/** JSON to read, pretty-printed; a long one scrolls in its own box. */
export function JsonBlock({ label, value }: { label: string; value: Json }) {
  return (
    // The keyboard has to reach what scrolls.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <pre className={styles.json} tabIndex={0} role="region" aria-label={label}>
      {readableJson(value)}
    </pre>
  );
}

const SIGN = { same: ' ', gone: '−', new: '+' } as const;
const HEARD = { same: '', gone: 'was: ', new: 'now: ' } as const;

/** What an edit changes, line by line. */
export function JsonDiff({ label, before, after }: { label: string; before: Json; after: Json }) {
  const lines = diffLines(jsonText(before), jsonText(after));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
    <pre className={styles.json} tabIndex={0} role="region" aria-label={label}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name
        <span key={index} className={styles.diffLine} data-kind={line.kind}>
          <span aria-hidden="true">{SIGN[line.kind]} </span>
          <span className={styles.heard}>{HEARD[line.kind]}</span>
          {line.text}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
