import { useSyncExternalStore } from 'react';
import { z } from 'zod';

const themeChoiceSchema = z.enum(['dark', 'light', 'system']);
export type ThemeChoice = z.infer<typeof themeChoiceSchema>;

const KEY = 'nightdesk.theme';
const CHANGED = 'nightdesk:theme';

function read(): ThemeChoice {
  const stored = themeChoiceSchema.safeParse(localStorage.getItem(KEY));
  return stored.success ? stored.data : 'dark';
}

/** Puts the chosen theme on the document, now and whenever the system's changes. */
export function startTheme(): void {
  const light = window.matchMedia('(prefers-color-scheme: light)');
  function apply(): void {
    const choice = read();
    document.documentElement.dataset.theme = choice === 'system' ? (light.matches ? 'light' : 'dark') : choice;
  }
  apply();
  light.addEventListener('change', apply);
  window.addEventListener(CHANGED, apply);
}

/** Chooses a theme, kept in this browser. */
export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(KEY, choice);
  window.dispatchEvent(new Event(CHANGED));
}

/** The theme chosen. */
export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore((changed) => {
    window.addEventListener(CHANGED, changed);
    return () => window.removeEventListener(CHANGED, changed);
  }, read);
}
