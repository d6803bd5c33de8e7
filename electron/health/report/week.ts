import { isoWeekOf, mondayOf } from '#contract/week.ts';
import { DAY_MS } from '../indicator/rollups.ts';

/*
 * ISO weeks in a time zone. Pure.
 */

/** Dear to make, and asked often. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(zone, clock);
  return clock;
}

/** Where a zone's clock stands before UTC at a moment, ms: negative west of Greenwich. */
function offsetAt(moment: number, zone: string): number {
  const parts = clockOf(zone).formatToParts(moment);
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(moment / 1_000) * 1_000;
}

/** When a date begins in a zone. @param date midnight of the date in UTC */
export function midnightIn(date: number, zone: string): number {
  const guess = date - offsetAt(date, zone);
  // The clock may have been put on or back between the two.
  return date - offsetAt(guess, zone);
}

/** The date of a moment in a zone, as midnight of that date in UTC. */
function dateIn(moment: number, zone: string): number {
  return Math.floor((moment + offsetAt(moment, zone)) / DAY_MS) * DAY_MS;
}

/** The ISO 8601 week that a moment belongs to. */
export function weekOf(moment: number, zone: string): string {
  return isoWeekOf(dateIn(moment, zone));
}

/** The last week that is over. */
export function lastWeek(now: number, zone: string): string {
  return weekOf(midnightIn(mondayOf(dateIn(now, zone)) - 3 * DAY_MS, zone), zone);
}

/** The eight midnights that bound the days of a week; an hour is missing or double where the clocks change. */
export function daysOf(week: string, zone: string): number[] {
  const [year, number] = week.split('-W').map(Number);
  const monday = mondayOf(Date.UTC(year ?? 1970, 0, 4)) + ((number ?? 1) - 1) * 7 * DAY_MS;
  return Array.from({ length: 8 }, (_, day) => midnightIn(monday + day * DAY_MS, zone));
}

/** The midnight so many weeks before the first day of one. */
export function weeksBefore(week: string, weeks: number, zone: string): number {
  const [from = 0] = daysOf(week, zone);
  return midnightIn(dateIn(from, zone) - weeks * 7 * DAY_MS, zone);
}
