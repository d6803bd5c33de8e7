import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysOf, lastWeek, weekOf, weeksBefore } from '../../../electron/health/report/week.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'America/St_Johns'];
const HOUR_MS = 3_600_000;
const moment = fc.integer({ min: Date.UTC(2001, 0, 1), max: Date.UTC(2060, 0, 1) });
const zone = fc.constantFrom(...ZONES);

/** The wall clock of a zone at a moment, from the platform alone. */
function wall(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
}

describe('a week', () => {
  it('holds every moment of it, and begins on a Monday at midnight on the wall of its zone', () => {
    fc.assert(
      fc.property(moment, zone, (at, where) => {
        const days = daysOf(weekOf(at, where), where);
        const [from = 0] = days;
        const to = days.at(-1) ?? 0;
        expect(from <= at && at < to).toBe(true);
        expect(wall(from, where)).toBe('Mon 00:00');
        expect(days).toEqual([...days].sort((a, b) => a - b));
        expect(weekOf(to, where)).not.toBe(weekOf(at, where));
        expect(weekOf(to - 1, where)).toBe(weekOf(at, where));
      }),
    );
  });

  it('is numbered as ISO 8601 does: by its Thursday', () => {
    const at = (text: string): string => weekOf(Date.parse(text), 'UTC');
    expect(at('2026-11-24T12:00:00Z')).toBe('2026-W48');
    expect(at('2027-01-01T12:00:00Z')).toBe('2026-W53');
    expect(at('2024-12-30T00:00:00Z')).toBe('2025-W01');
    expect(at('2021-01-03T23:59:59Z')).toBe('2020-W53');
  });

  it('has an hour less or more where the clocks change, on that day alone', () => {
    const hours = (week: string): number[] => {
      const days = daysOf(week, 'Europe/Berlin');
      return days.slice(1).map((end, index) => (end - (days[index] ?? 0)) / HOUR_MS);
    };
    expect(hours('2026-W13')).toEqual([24, 24, 24, 24, 24, 24, 23]);
    expect(hours('2026-W43')).toEqual([24, 24, 24, 24, 24, 24, 25]);
  });

  it('has weeks before it, back to back', () => {
    fc.assert(
      fc.property(moment, zone, fc.integer({ min: 1, max: 60 }), (at, where, weeks) => {
        const from = weeksBefore(weekOf(at, where), weeks, where);
        expect(wall(from, where)).toBe('Mon 00:00');
        expect(Math.round((daysOf(weekOf(at, where), where)[0] ?? 0) - from) / (7 * 24 * HOUR_MS)).toBeCloseTo(
          weeks,
          1,
        );
      }),
    );
  });

  it('that is over last ended before now, and the next one has not', () => {
    fc.assert(
      fc.property(moment, zone, (at, where) => {
        const end = daysOf(lastWeek(at, where), where).at(-1) ?? 0;
        expect(end).toBeLessThanOrEqual(at);
        expect(at - end).toBeLessThanOrEqual(7 * 24 * HOUR_MS + HOUR_MS);
      }),
    );
  });
});
