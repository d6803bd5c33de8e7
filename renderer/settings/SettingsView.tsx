import { useState } from 'react';
import type { About } from '#contract/rpc.ts';
import { Button, Facts, Panel, spanText } from '../kit/index.ts';
import styles from './settings.module.css';

type Props<Theme extends string> = {
  about: About | null;
  now: number;
  themes: readonly { value: Theme; text: string }[];
  theme: Theme;
  busy: boolean;
  refusal: string | null;
  onTheme(theme: Theme): void;
  onTraffic(perMinute: number): void;
};

/** How the console looks, what it is connected to, and how much rehearsal there is. */
export function SettingsView<Theme extends string>(props: Props<Theme>) {
  const { about, now, themes, theme, onTheme } = props;
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Settings</h1>
      </header>
      <div className={styles.columns}>
        <Panel title="Look">
          <fieldset className={styles.choice}>
            <legend className={styles.hidden}>Theme</legend>
            {themes.map((one) => (
              <label key={one.value}>
                <input type="radio" name="theme" checked={one.value === theme} onChange={() => onTheme(one.value)} />
                {one.text}
              </label>
            ))}
          </fieldset>
        </Panel>
        {about === null ? null : (
          <Panel title="The desk">
            <Facts
              facts={[
                { name: 'Version', value: about.version },
                { name: 'You are', value: about.user },
                { name: 'Host', value: about.host === 'serve' ? 'nightdesk serve' : 'this desktop' },
                { name: 'Up for', value: spanText(now - about.startedAt) },
                { name: 'Data', value: <code>{about.dataFolder}</code> },
              ]}
            />
          </Panel>
        )}
        {about?.rehearsal ? <Traffic {...props} /> : null}
      </div>
    </div>
  );
}

/** The most that the contract lets be asked for. */
const MOST_PER_MINUTE = 60_000;

function Traffic({ busy, refusal, onTraffic }: Pick<Props<string>, 'busy' | 'refusal' | 'onTraffic'>) {
  const [text, setText] = useState('60');
  const perMinute = Number(text);
  const sound = text.trim() !== '' && perMinute >= 0 && perMinute <= MOST_PER_MINUTE;
  return (
    <Panel title="Rehearsal traffic">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (sound) onTraffic(perMinute);
        }}
      >
        <label>
          Tasks a minute
          <input
            inputMode="numeric"
            value={text}
            aria-invalid={!sound}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <Button type="submit" disabled={busy || !sound}>
          Set
        </Button>
        <Button variant="quiet" disabled={busy} onClick={() => onTraffic(0)}>
          Stop it
        </Button>
        <p className={styles.weak}>For each agent that has fixtures to draw from.</p>
        {sound ? null : <p role="alert">A number from 0 to 60,000.</p>}
        {refusal === null ? null : <p role="alert">{refusal}</p>}
      </form>
    </Panel>
  );
}
