import { useAnswer, useCall } from '../../link/index.ts';
import { SettingsView } from '../../settings/SettingsView.tsx';
import { chooseTheme, type ThemeChoice, useThemeChoice } from '../theme.ts';
import type { ScreenProps } from './props.ts';

const THEMES: readonly { value: ThemeChoice; text: string }[] = [
  { value: 'dark', text: 'dark' },
  { value: 'light', text: 'light' },
  { value: 'system', text: 'as the system' },
];

export function SettingsScreen({ now }: ScreenProps) {
  const { value } = useAnswer('about', (client) => client.about());
  const { busy, refusal, run } = useCall();
  const backup = useCall();
  const settings = useAnswer('settings', (client) => client.settings.get());
  const secrets = useAnswer('secrets', (client) => client.settings.secrets());
  const agentFiles = useAnswer('agent problems', (client) => client.agents.problems());
  const runbookFiles = useAnswer('runbook problems', (client) => client.runbooks.lint());
  const backups = useAnswer('backups', (client) => client.backups.list());
  const database = useAnswer('database', (client) => client.database.get());
  return (
    <SettingsView
      about={value}
      now={now}
      themes={THEMES}
      theme={useThemeChoice()}
      settings={settings.value}
      secrets={secrets.value}
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
      busy={busy || backup.busy}
      refusal={refusal}
      onTheme={chooseTheme}
      onTraffic={(perMinute) => void run((client) => client.rehearsal.traffic({ perMinute }))}
    />
  );
}
