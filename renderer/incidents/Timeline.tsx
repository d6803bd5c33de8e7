import type { TimelineEntry } from '#contract/incident.ts';
import { clockTime } from '../kit/index.ts';
import styles from './incidents.module.css';

/** What happened, newest first: when, what kind, what, by whom. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  return (
    <ol className={styles.timeline}>
      {entries
        .toSorted((a, b) => b.at - a.at)
        .map((entry) => (
          <li key={`${entry.at} ${entry.kind} ${entry.text}`} data-kind={entry.kind}>
            <time dateTime={new Date(entry.at).toISOString()}>{clockTime(entry.at, 'seconds')}</time>
            <span className={styles.kind}>{entry.kind}</span>
            <span>
              {entry.text}
              {entry.by === null ? null : (
                <span className={styles.by}>
                  {' '}
                  {entry.by.name}
                  {entry.by.via === 'console' ? '' : ` by ${entry.by.via}`}
                </span>
              )}
            </span>
          </li>
        ))}
    </ol>
  );
}
