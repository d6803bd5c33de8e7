import type { Actor } from '#contract/basic.ts';

/** A span in words: `41 s`, `4 min`, `1 h 30 min`, `3 d 4 h`. */
export function spanWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 1_440) return pair(minutes, 60, 'h', 'min');
  return pair(Math.round(minutes / 60), 24, 'd', 'h');
}

function pair(value: number, per: number, large: string, small: string): string {
  const rest = value % per;
  return rest === 0 ? `${value / per} ${large}` : `${Math.floor(value / per)} ${large} ${rest} ${small}`;
}

/** A moment on the clock of a time zone: `2026-11-24 02:44:51`. */
export function localTime(at: number, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
}

/** Who did it, and through what where it was not the console. */
export function byWords(by: Actor | null): string {
  if (by === null) return '';
  return by.via === 'console' ? ` (${by.name})` : ` (${by.name}, ${by.via})`;
}
