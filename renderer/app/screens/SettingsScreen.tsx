import { useState } from 'react';
import { useAnswer, useCall } from '../../link/index.ts';
import type { Hearing } from '../../settings/HearingPanel.tsx';
import { SettingsView } from '../../settings/SettingsView.tsx';
import { isLoud, onDesktop, setLoud, systemPermission } from '../notify.ts';
import { chooseTheme, type ThemeChoice, useThemeChoice } from '../theme.ts';
import type { ScreenProps } from './props.ts';

const THEMES: readonly { value: ThemeChoice; text: string }[] = [
  { value: 'dark', text: 'dark' },
  { value: 'light', text: 'light' },
  { value: 'system', text: 'as the system' },
];

function hearingNow(): Hearing | null {
  return onDesktop() ? null : { permission: systemPermission(), loud: isLoud() };
}

export function SettingsScreen({ now }: ScreenProps) {
  const { value } = useAnswer('about', (client) => client.about());
  const { busy, refusal, run } = useCall();
  const backup = useCall();
  const settings = useAnswer('settings', (client) => client.settings.get());
  const secrets = useAnswer('secrets', (client) => client.settings.secrets());
  const tokens = useAnswer('ingest tokens', (client) => client.tokens.list());
  const agentFiles = useAnswer('agent problems', (client) => client.agents.problems());
  const runbookFiles = useAnswer('runbook problems', (client) => client.runbooks.lint());
  const backups = useAnswer('backups', (client) => client.backups.list());
  const routes = useAnswer('routes', (client) => client.alertRoutes.list());
  const deliveries = useAnswer('deliveries', (client) => client.alertRoutes.deliveries({ limit: 8 }));
  const silence = useAnswer('silence', (client) => client.silence.list());
  const test = useCall();
  const [hearing, setHearing] = useState(hearingNow);
  const database = useAnswer('database', (client) => client.database.get());
  return (
    <SettingsView
      about={value}
      now={now}
      themes={THEMES}
      theme={useThemeChoice()}
      settings={settings.value}
      secrets={secrets.value}
      tokens={tokens.value}
      problems={[...(agentFiles.value ?? []), ...(runbookFiles.value ?? [])]}
      backups={backups.value}
      database={database.value}
      backupRefusal={backup.refusal}
      onBackUp={() =>
        void backup.run(async (client) => {
          await client.backups.make();
          backups.refresh();
        })
      }
      routes={routes.value}
      deliveries={deliveries.value}
      silence={silence.value}
      testRefusal={test.refusal}
      onTest={(name) =>
        void test.run(async (client) => {
          await client.alertRoutes.test({ name });
          routes.refresh();
          deliveries.refresh();
        })
      }
      hearing={hearing}
      onAllow={() => void Notification.requestPermission().then(() => setHearing(hearingNow()))}
      onLoud={(loud) => {
        setLoud(loud);
        setHearing(hearingNow());
      }}
      busy={busy || backup.busy || test.busy}
      refusal={refusal}
      onTheme={chooseTheme}
      onTraffic={(perMinute) => void run((client) => client.rehearsal.traffic({ perMinute }))}
    />
  );
}
