import type { Backups, DatabaseView } from '#contract/backup.ts';
import {
  agoText,
  Button,
  bytesText,
  CommandLine,
  countdown,
  countText,
  Facts,
  Panel,
  Refusal,
  ShareBar,
  StateWord,
  spanText,
} from '../kit/index.ts';
import styles from './settings.module.css';

const MEGABYTE = 1024 * 1024;
/** So many backups are listed. */
const SHOWN = 7;

/** The database: how large it is, of how much, and how long ended tasks are kept. */
export function DatabasePanel({ database, now }: { database: DatabaseView; now: number }) {
  const { bytes, usedBytes, walBytes, freeBytes, retention, damage } = database;
  const bound = retention.megabytes * MEGABYTE;
  return (
    <Panel
      title="Database"
      end={
        damage === null ? (
          <StateWord tone="met" word="Whole" />
        ) : (
          <StateWord tone="now" word={damage.restored === null ? 'Begun anew' : 'Restored'} />
        )
      }
    >
      <div className={styles.stack}>
        {damage === null ? null : (
          <p className={styles.alarm}>
            It was found damaged at the start. The damaged file is kept at <code>{damage.keptAside}</code>;{' '}
            {damage.restored === null
              ? 'there was no good backup, a new one was begun.'
              : `the backup of ${agoText(now - damage.restored.at)} ago stands in its place.`}
          </p>
        )}
        <p>
          <strong>{bytesText(bytes)}</strong> of {bytesText(bound)}
        </p>
        <ShareBar spent={usedBytes} reserved={Math.max(0, bytes - usedBytes)} bound={bound} tone="quiet" />
        <Facts
          facts={[
            { name: 'Holds', value: `${bytesText(usedBytes)}; the rest is used again before it grows` },
            { name: 'Log', value: bytesText(walBytes) },
            { name: 'Disk', value: `${bytesText(freeBytes)} free` },
            { name: 'Kept for', value: `${spanText(retention.keepMs)} after their end` },
            {
              name: 'Oldest',
              value: retention.oldestEnd === null ? 'none ended' : `ended ${agoText(now - retention.oldestEnd)} ago`,
            },
            { name: 'Removed', value: `${countText(retention.removed)} since the desk started` },
            { name: 'File', value: <code>{database.file}</code> },
          ]}
        />
        <CommandLine command="nightdesk doctor" />
      </div>
    </Panel>
  );
}

type BackupsProps = {
  backups: Backups;
  now: number;
  busy: boolean;
  refusal: string | null;
  onBackUp(): void;
};

/** The backups: the newest, the next, and one now. */
export function BackupsPanel({ backups, now, busy, refusal, onBackUp }: BackupsProps) {
  const { folder, everyMs, keep, nextAt, running, problem } = backups;
  return (
    <Panel
      title="Backups"
      end={
        running ? (
          <StateWord tone="act" word="Writing one" />
        ) : problem !== null ? (
          <StateWord tone="soon" word="The last one failed" />
        ) : backups.backups.length === 0 ? (
          <StateWord tone="quiet" word="None yet" />
        ) : (
          <StateWord tone="met" word={`${backups.backups.length} good`} />
        )
      }
    >
      <div className={styles.stack}>
        <Refusal why={refusal ?? problem} />
        <Facts
          facts={[
            { name: 'Each', value: `${spanText(everyMs)}, the newest ${keep} are kept` },
            { name: 'Next', value: nextAt <= now ? 'now' : `in ${countdown(nextAt - now)}` },
            { name: 'Folder', value: <code>{folder}</code> },
          ]}
        />
        {backups.backups.length === 0 ? null : (
          <ul className={styles.list}>
            {backups.backups.slice(0, SHOWN).map((one) => (
              <li key={one.name}>
                <code>{one.name}</code>
                <span>{bytesText(one.bytes)}</span>
                <span className={styles.weak}>{agoText(now - one.at)} ago</span>
              </li>
            ))}
          </ul>
        )}
        <div className={styles.buttons}>
          <Button keys="m" disabled={busy || running} onClick={onBackUp}>
            Make one now
          </Button>
        </div>
        <CommandLine command="nightdesk backup" />
      </div>
    </Panel>
  );
}
