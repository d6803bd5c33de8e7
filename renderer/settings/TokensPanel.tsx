import type { IngestToken } from '#contract/ingest-token.ts';
import { agoText, CommandLine, Panel } from '../kit/index.ts';
import styles from './settings.module.css';

/** The tokens of programs that only send, and when each was last used. Made and taken back by the command line. */
export function TokensPanel({ tokens, now }: { tokens: readonly IngestToken[]; now: number }) {
  return (
    <Panel title="Ingest tokens">
      <div className={styles.stack}>
        {tokens.length === 0 ? (
          <p className={styles.weak}>
            None. One lets another runtime send its events, or an Alertmanager its alerts, and do nothing else.
          </p>
        ) : (
          <ul className={styles.list}>
            {tokens.map(({ name, madeAt, madeBy, usedAt }) => (
              <li key={name}>
                <code>{name}</code>
                <span>{usedAt === null ? 'never used' : `used ${agoText(now - usedAt)} ago`}</span>
                <span className={styles.weak}>
                  made {agoText(now - madeAt)} ago by {madeBy}
                </span>
              </li>
            ))}
          </ul>
        )}
        <CommandLine command="nightdesk token make NAME" />
      </div>
    </Panel>
  );
}
