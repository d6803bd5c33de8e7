import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAgent } from '../../../electron/runner/definition/parse.ts';
import { nextStart, startsBetween } from '../../../electron/runner/schedule/cron.ts';

/** The starts between two moments, as ISO texts without seconds. */
function starts(cron: string, from: string, upTo: string): string[] {
  return startsBetween(cron, Date.parse(from), Date.parse(upTo), 1_000).map((at) =>
    new Date(at).toISOString().slice(0, 16),
  );
}

describe('a schedule', () => {
  it('is read in its time zone, summer and winter', () => {
    expect(starts('0 8 * * 1-5 Europe/Paris', '2026-03-26T12:00Z', '2026-03-31T12:00Z')).toEqual([
      '2026-03-27T07:00',
      '2026-03-30T06:00',
      '2026-03-31T06:00',
    ]);
    expect(starts('0 8 * * * America/New_York', '2026-01-05T00:00Z', '2026-01-05T23:00Z')).toEqual([
      '2026-01-05T13:00',
    ]);
  });

  it('has one start on the day when its hour is not there: at the end of the gap', () => {
    // 2026-03-29, 02:00 is followed by 03:00 in Paris.
    expect(starts('30 2 * * * Europe/Paris', '2026-03-27T23:00Z', '2026-03-30T23:00Z')).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
  });

  it('has one start on the day when its hour comes twice: the first', () => {
    // 2026-10-25, 03:00 is followed by 02:00 in Paris.
    for (const cron of ['30 2 * * * Europe/Paris', '30 2,14 * * * Europe/Paris']) {
      const night = starts(cron, '2026-10-24T21:00Z', '2026-10-25T06:00Z');
      expect(night).toEqual(['2026-10-25T00:30']);
    }
  });

  it('each half hour goes on evenly over both changes', () => {
    for (const [from, upTo] of [
      ['2026-03-28T22:00Z', '2026-03-29T04:00Z'],
      ['2026-10-24T22:00Z', '2026-10-25T04:00Z'],
    ] as const) {
      const moments = startsBetween('*/30 * * * * Europe/Paris', Date.parse(from), Date.parse(upTo), 1_000);
      expect(moments).toHaveLength(12);
      expect(moments.every((at, n) => n === 0 || at - (moments[n - 1] ?? 0) === 30 * 60_000)).toBe(true);
    }
  });

  it('looking back finds what looking ahead gives, wherever one stands in the year', () => {
    const crons = fc.constantFrom(
      '30 2 * * * Europe/Paris',
      '*/20 1-3 * * * Europe/Paris',
      '15 3 * * 0 America/New_York',
    );
    const year = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2026, 11) });
    fc.assert(
      fc.property(crons, year, fc.integer({ min: 1, max: 4 * 86_400_000 }), (cron, from, span) => {
        const ahead: number[] = [];
        for (let at = nextStart(cron, from); at !== null && at <= from + span; at = nextStart(cron, at)) ahead.push(at);
        expect(startsBetween(cron, from, from + span, 1_000)).toEqual(ahead);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a bad schedule', () => {
  const file = (line: string) =>
    `---\nname: daily\ndescription: Writes the report.\nmodel: rehearsal/x\nnightdesk:\n${line}\n---\nWrite it.\n`;

  it.each([
    ['  schedule: "61 8 * * * Europe/Paris"', 6, 14, '"61" is no minute'],
    ['  schedule: 0 25 * * *', 6, 15, '"25" is no hour'],
    ['  schedule: { cron: "0 8 * * foo", missed: each }', 6, 30, '"foo" is no weekday'],
    ['  schedule: "0 8 * * 1-5 Mars/Base"', 6, 26, '"Mars/Base" is no time zone'],
    ['  schedule: "0 8 * *"', 6, 14, 'five fields'],
    ['  schedule: "0 8 * * 1 UTC please"', 6, 28, 'five fields'],
    ['  schedule: "0 0 30 2 *"', 6, 14, 'it never comes'],
  ])('%s is told at line %i, column %i', (line, at, column, said) => {
    const { agent, problems } = parseAgent('daily.md', file(line));
    expect(agent).toBeNull();
    expect(problems[0]).toMatchObject({ severity: 'error', line: at, column });
    expect(problems[0]?.message).toContain(said);
  });

  it('a good one is none', () => {
    const { agent, problems } = parseAgent(
      'daily.md',
      file('  schedule: { cron: "0 8 * * 1-5 Europe/Paris", overlap: skip }'),
    );
    expect(problems).toEqual([]);
    expect(agent?.nightdesk.schedule).toEqual({ cron: '0 8 * * 1-5 Europe/Paris', missed: 'once', overlap: 'skip' });
  });
});
