import { useSyncExternalStore } from 'react';

/** The names of tokens.css that charts draw with. */
const NAMES = [
  'ink',
  'ink-2',
  'ink-3',
  'line',
  'line-soft',
  'surface',
  'act',
  'now',
  'soon',
  'met',
  'rehearsal',
] as const;
export type Colors = Record<(typeof NAMES)[number], string>;

let cached: { theme: string | undefined; colors: Colors } | null = null;

function read(): Colors {
  const { theme } = document.documentElement.dataset;
  if (cached !== null && cached.theme === theme) return cached.colors;
  const style = getComputedStyle(document.documentElement);
  const colors = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colors;
  cached = { theme, colors };
  return colors;
}

function watch(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

/** The palette's colours for a canvas, which knows no CSS variables; they change with the theme. */
export function useColors(): Colors {
  return useSyncExternalStore(watch, read);
}
