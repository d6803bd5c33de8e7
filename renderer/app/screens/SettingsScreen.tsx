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
  return (
    <SettingsView
      about={value}
      now={now}
      themes={THEMES}
      theme={useThemeChoice()}
      busy={busy}
      refusal={refusal}
      onTheme={chooseTheme}
      onTraffic={(perMinute) => void run((client) => client.rehearsal.traffic({ perMinute }))}
    />
  );
}
