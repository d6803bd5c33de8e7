import { Button, Panel, StateWord } from '../kit/index.ts';
import styles from './settings.module.css';

/** How this browser makes itself heard; null on the desktop, whose system does it. */
export type Hearing = { permission: NotificationPermission | null; loud: boolean };

type Props = { hearing: Hearing; onAllow(): void; onLoud(loud: boolean): void };

/** Notifications and sound of this browser. */
export function HearingPanel({ hearing, onAllow, onLoud }: Props) {
  const { permission, loud } = hearing;
  return (
    <Panel
      title="Notices in this browser"
      end={
        permission === 'granted' ? (
          <StateWord tone="met" word="Allowed" />
        ) : (
          <StateWord tone="soon" word={permission === 'denied' ? 'Refused' : 'Not allowed yet'} />
        )
      }
    >
      <div className={styles.stack}>
        <label className={styles.choice}>
          <span>
            <input type="checkbox" checked={loud} onChange={(event) => onLoud(event.target.checked)} /> Sound for pages
          </span>
        </label>
        {permission === 'default' ? (
          <div className={styles.buttons}>
            <Button onClick={onAllow}>Allow notifications</Button>
          </div>
        ) : permission === 'denied' ? (
          <p className={styles.weak}>The browser refuses them for this address; its site settings allow them again.</p>
        ) : null}
      </div>
    </Panel>
  );
}
