/*
 * Numbers and tables in words for a terminal: the same words as the console's.
 */

/** Text from tasks and providers as one line that cannot move the cursor or colour the terminal. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** A span: `41 ms`, `8.7 s`, `2 min 50 s`, `1 h 30 min`, `3 d 4 h`. */
export function spanText(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 100) return `${Math.round(span)} ms`;
  const tenths = Math.round(span / 100);
  if (tenths < 600) return `${tenths / 10} s`;
  const seconds = Math.round(span / 1_000);
  if (seconds < 3_600) return twoUnits(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return twoUnits(minutes, 60, 'h', 'min');
  return twoUnits(Math.round(minutes / 60), 24, 'd', 'h');
}

function twoUnits(value: number, per: number, large: string, small: string): string {
  const rest = value % per;
  return rest === 0 ? `${value / per} ${large}` : `${Math.floor(value / per)} ${large} ${rest} ${small}`;
}

/** Money: `$6.10`; below ten cents with three digits: `$0.057`. */
export function usdText(usd: number): string {
  return `$${usd.toFixed(usd !== 0 && usd < 0.1 ? 3 : 2)}`;
}

/** A share: `91.8%`. Rounded down, so that 100% is never 99.96%. */
export function percentText(share: number): string {
  const percent = Math.floor(share * 1_000 + 1e-6) / 10;
  return `${Number.isInteger(percent) ? percent : percent.toFixed(1)}%`;
}

/** A moment: `02:44:51` on the day of `now`, `2026-11-24 02:44` before it. */
export function momentText(at: number, now: number): string {
  const [date, day] = [new Date(at), new Date(now)];
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === day.toDateString()) return `${clock}:${two(date.getSeconds())}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`;
}

/** A count and its noun: `1 task`, `1,204 tasks`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** A word of the contract for people: `not-enough-data` as `not enough data`. */
export function words(state: string): string {
  return state.replaceAll('-', ' ');
}

/** A column of a table: its heading, and how to write a row's cell. Numbers stand to the right. */
export type Column<Row> = { head: string; cell(row: Row): string; right?: true };

/** Rows under their headings, in columns two spaces apart. */
export function table<Row>(rows: Row[], columns: Column<NoInfer<Row>>[]): string {
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => columns.map(({ cell }) => plain(cell(row))))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => widthOf(line[index] ?? ''))));
  const lines = cells.map((line) =>
    line.map((text, index) => pad(text, widths[index] ?? 0, columns[index]?.right === true)).join('  '),
  );
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** Names and values in two columns. */
export function fields(entries: [string, string | null][]): string {
  const shown = entries.filter((entry): entry is [string, string] => entry[1] !== null);
  const width = Math.max(...shown.map(([name]) => widthOf(name)));
  return shown.map(([name, value]) => `${pad(name, width, false)}  ${plain(value)}`.trimEnd()).join('\n');
}

function widthOf(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
}
