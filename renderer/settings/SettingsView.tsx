import { useState } from 'react';
import type { FileProblem } from '#contract/agent.ts';
import type { Backups, DatabaseView } from '#contract/backup.ts';
import type { SilenceView } from '#contract/canary.ts';
import type { Delivery, RouteStanding } from '#contract/delivery.ts';
import type { IngestToken } from '#contract/ingest-token.ts';
import type { About } from '#contract/rpc.ts';
import type { SecretView } from '#contract/secret.ts';
import type { SettingsView as SettingsAnswer } from '#contract/settings.ts';
import { Button, Facts, Page, Panel, spanText, useKeys } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { FilePanel, ProblemsPanel } from './FilesPanel.tsx';
import { type Hearing, HearingPanel } from './HearingPanel.tsx';
import { RoutesPanel } from './RoutesPanel.tsx';
import { SecretsPanel } from './SecretsPanel.tsx';
import { SilencePanel } from './SilencePanel.tsx';
import { BackupsPanel, DatabasePanel } from './StoragePanels.tsx';
import styles from './settings.module.css';
import { TokensPanel } from './TokensPanel.tsx';

type Props<Theme extends string> = {
  about: About | null;
  now: number;
  themes: readonly { value: Theme; text: string }[];
  theme: Theme;
  busy: boolean;
  refusal: string | null;
  onTheme(theme: Theme): void;
  onTraffic(perMinute: number): void;
  /** nightdesk.yaml; null before the first answer, as all that follow. */
  settings: SettingsAnswer | null;
  /** Of the files of agents and runbooks. */
  problems: readonly FileProblem[];
  secrets: readonly SecretView[] | null;
  tokens: readonly IngestToken[] | null;
  backups: Backups | null;
  database: DatabaseView | null;
  /** Why the last backup that was asked for was refused. */
  backupRefusal: string | null;
  onBackUp(): void;
  silence: SilenceView | null;
  routes: readonly RouteStanding[] | null;
  deliveries: readonly Delivery[] | null;
  /** Why the last test message was refused. */
  testRefusal: string | null;
  onTest(route: string): void;
  /** Null on the desktop. */
  hearing: Hearing | null;
  onAllow(): void;
  onLoud(loud: boolean): void;
};

/** How the console looks, what it is connected to, what is set in files, and what keeps the data. */
export function SettingsView<Theme extends string>(props: Props<Theme>) {
  const { about, now, themes, theme, onTheme, settings, secrets, tokens, backups, database } = props;
  useKeys({ m: () => (backups === null || backups.running || props.busy ? undefined : props.onBackUp()) });
  return (
    <Page title="Settings">
      <div className={styles.columns}>
        <Panel title="Look">
          <fieldset className={styles.choice}>
            <legend className={ink.hidden}>Theme</legend>
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
        {props.hearing === null ? null : (
          <HearingPanel hearing={props.hearing} onAllow={props.onAllow} onLoud={props.onLoud} />
        )}
        {about?.rehearsal ? <Traffic {...props} /> : null}
        {database === null ? null : <DatabasePanel database={database} now={now} />}
        {backups === null ? null : (
          <BackupsPanel
            backups={backups}
            now={now}
            busy={props.busy}
            refusal={props.backupRefusal}
            onBackUp={props.onBackUp}
          />
        )}
        <div className={styles.column}>
          {secrets === null ? null : <SecretsPanel secrets={secrets} />}
          {tokens === null ? null : <TokensPanel tokens={tokens} now={now} />}
        </div>
      </div>
      {props.silence === null ? null : <SilencePanel view={props.silence} now={now} />}
      {props.routes === null || props.deliveries === null ? null : (
        <RoutesPanel
          routes={props.routes}
          deliveries={props.deliveries}
          now={now}
          busy={props.busy}
          refusal={props.testRefusal}
          onTest={props.onTest}
        />
      )}
      {settings === null ? null : <FilePanel answer={settings} />}
      <ProblemsPanel problems={props.problems} />
    </Page>
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
