/*
 * Numbers in words: one way for each quantity, the same in every view.
 */

/** A span: `41 ms`, `8.7 s`, `41.6 s`, `2 min 50 s`, `1 h 30 min`, `3 d 4 h`. */
export function spanText(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 100) return `${Math.round(span)} ms`;
  // Tenths are kept below a minute only when they are not zero: "10 s", "8.7 s".
  const tenths = Math.round(span / 100);
  if (tenths < 600) return `${tenths / 10} s`;
  const seconds = Math.round(span / 1_000);
  if (seconds < 3_600) return pair(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return pair(minutes, 60, 'h', 'min');
  return pair(Math.round(minutes / 60), 24, 'd', 'h');
}

function pair(value: number, per: number, large: string, small: string): string {
  const rest = value % per;
  return rest === 0 ? `${value / per} ${large}` : `${Math.floor(value / per)} ${large} ${rest} ${small}`;
}

/** How long ago, by its largest unit alone: `4 s`, `6 min`, `18 h`, `9 d`. */
export function agoText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** What is left of a lease: `24:10`, `1:52:40`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A moment on the wall's clock: `02:44`, or `02:44:51`. */
export function clockTime(at: number, precision: 'minutes' | 'seconds' = 'minutes'): string {
  const date = new Date(at);
  const parts = [date.getHours(), date.getMinutes(), ...(precision === 'seconds' ? [date.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** A day: `24 Nov`. */
export function dayText(at: number): string {
  return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}

/** Money: `$6.10`; below ten cents with three digits, so that a call's cost is seen: `$0.057`. */
export function usdText(usd: number): string {
  return `$${usd.toFixed(usd !== 0 && usd < 0.1 ? 3 : 2)}`;
}

/** A bound of money, mostly round: `$10`, `$0.50`. */
export function usdBoundText(usd: number): string {
  return usdText(usd).replace(/\.00$/, '');
}

/** A count with its thousands apart: `11,902`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** A share: `91.8%`; whole when it is whole, so that 100% is never 99.96% rounded. */
export function percentText(share: number): string {
  const percent = Math.floor(share * 1_000 + 1e-6) / 10;
  return `${share === 1 || Number.isInteger(share * 100) ? Math.round(share * 100) : percent.toFixed(1)}%`;
}

/** A size: `812 B`, `4.2 kB`, `96 MB`, `1.5 GB`; powers of 1024. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
