import { describe, expect, it } from 'vitest';
import {
  BURN_WINDOWS,
  type BurnWindow,
  burnOf,
  judgeSuccess,
  type WindowCounts,
} from '../../../electron/health/objective/burn.ts';
import { randomFrom } from '../../support/storm/schedule.ts';

/*
 * How often agents that keep their objective wake somebody, and how long one that breaks goes unnoticed: our page rules beside the
 * defaults of the Google SRE workbook, minute by minute, over the same seeded tasks.
 */

const SEED = 20_261_124;
const DAY_MIN = 1_440;
const WEEK_MIN = 7 * DAY_MIN;
/** Weeks of an agent that keeps its objective. */
const WEEKS = 40;
/** Times that an agent breaks, each after a day at half of its error budget. */
const BREAKS = 120;
/** A break that is not seen in a day counts as a day. */
const GIVE_UP_MIN = DAY_MIN;
/** Firing again this soon is the same page, minutes: the life of an alert reopens its incident. */
const SAME_PAGE_MIN = 15;

type Page = 'holds' | 'over' | 'between';
type Rules = (counts: WindowCounts, budget: number) => Page;

const ours: Rules = (counts, budget) => {
  const judged = judgeSuccess(counts, budget);
  const events = [judged['success-burn-fast'].event, judged['success-collapse'].event];
  if (events.includes('holds')) return 'holds';
  return events.every((event) => event === 'cleared') ? 'over' : 'between';
};

/** 14.4x on 1 h/5 min, 6x on 6 h/30 min; over as soon as neither holds. */
const google: Rules = (counts, budget) => {
  const over = (window: BurnWindow, burn: number): boolean => (burnOf(counts[window], budget) ?? 0) > burn;
  return (over('1h', 14.4) && over('5m', 14.4)) || (over('6h', 6) && over('30m', 6)) ? 'holds' : 'over';
};

/** The last days of an agent by minute, with the sum of each window kept as minutes come and go. */
function createWindows() {
  const windows = Object.entries(BURN_WINDOWS) as [BurnWindow, number][];
  const kept = BURN_WINDOWS['3d'];
  const good = new Uint16Array(kept);
  const bad = new Uint16Array(kept);
  const counts = Object.fromEntries(windows.map(([name]) => [name, { good: 0, bad: 0 }])) as WindowCounts;
  let minute = 0;
  return {
    counts,
    add(goodNow: number, badNow: number): void {
      for (const [name, minutes] of windows) {
        const leaving = (minute - minutes + kept) % kept;
        counts[name].good += goodNow - (good[leaving] ?? 0);
        counts[name].bad += badNow - (bad[leaving] ?? 0);
      }
      good[minute % kept] = goodNow;
      bad[minute % kept] = badNow;
      minute += 1;
    },
  };
}

/** How many tasks end in a minute, of so many an hour: a Poisson draw (Knuth). */
function arrivals(perHour: number, random: () => number): number {
  const bound = Math.exp(-perHour / 60);
  let count = 0;
  for (let product = random(); product > bound; product *= random()) count += 1;
  return count;
}

function play(windows: ReturnType<typeof createWindows>, perHour: number, failing: number, random: () => number): void {
  const ended = arrivals(perHour, random);
  let bad = 0;
  for (let task = 0; task < ended; task += 1) if (random() < failing) bad += 1;
  windows.add(ended - bad, bad);
}

/** Pages a week of an agent that uses such a share of its error budget. */
function falsePages(budget: number, perHour: number, used: number): { ours: number; google: number } {
  const random = randomFrom(SEED);
  const windows = createWindows();
  const sides = [ours, google].map((rules) => ({ rules, firing: false, endedAt: -WEEK_MIN, pages: 0 }));
  for (let minute = 0; minute < (WEEKS + 1) * WEEK_MIN; minute += 1) {
    play(windows, perHour, budget * used, random);
    for (const side of sides) {
      const said = side.rules(windows.counts, budget);
      if (side.firing && said === 'over') {
        side.firing = false;
        side.endedAt = minute;
      } else if (!side.firing && said === 'holds') {
        side.firing = true;
        // The first week fills the windows.
        if (minute >= WEEK_MIN && minute - side.endedAt > SAME_PAGE_MIN) side.pages += 1;
      }
    }
  }
  const [mine, theirs] = sides.map(({ pages }) => pages / WEEKS);
  return { ours: mine ?? Number.NaN, google: theirs ?? Number.NaN };
}

/** Median minutes from the moment that so many of its tasks fail to the page. */
function detection(budget: number, perHour: number, failing: number): { ours: number; google: number } {
  const random = randomFrom(SEED + 1);
  const waited: { ours: number[]; google: number[] } = { ours: [], google: [] };
  for (let time = 0; time < BREAKS; time += 1) {
    const windows = createWindows();
    for (let minute = 0; minute < DAY_MIN; minute += 1) play(windows, perHour, budget / 2, random);
    const found = { ours: GIVE_UP_MIN, google: GIVE_UP_MIN };
    for (let minute = 1; minute <= GIVE_UP_MIN; minute += 1) {
      play(windows, perHour, failing, random);
      if (found.ours === GIVE_UP_MIN && ours(windows.counts, budget) === 'holds') found.ours = minute;
      if (found.google === GIVE_UP_MIN && google(windows.counts, budget) === 'holds') found.google = minute;
      if (found.ours < GIVE_UP_MIN && found.google < GIVE_UP_MIN) break;
    }
    waited.ours.push(found.ours);
    waited.google.push(found.google);
  }
  return { ours: median(waited.ours), google: median(waited.google) };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

type Sides = { ours: number; google: number };
type Row = { objective: string; perHour: number; usesHalf: Sides; usesAll: Sides; allFail: Sides; halfFail: Sides };

function simulate(): Row[] {
  return [0.9, 0.95, 0.99, 0.999].flatMap((objective) =>
    [5, 100].map((perHour) => {
      const budget = 1 - objective;
      return {
        objective: `${Number((objective * 100).toFixed(1))} %`,
        perHour,
        usesHalf: falsePages(budget, perHour, 0.5),
        usesAll: falsePages(budget, perHour, 1),
        allFail: detection(budget, perHour, 1),
        halfFail: detection(budget, perHour, 0.5),
      };
    }),
  );
}

function tableOf(rows: Row[]): string {
  const minutes = (value: number): string => (value >= GIVE_UP_MIN ? 'never' : String(value));
  const pages = (value: number): string => value.toFixed(2);
  const pair = (of: Sides, text: (value: number) => string): string =>
    `${text(of.ours).padStart(8)} ${text(of.google).padStart(8)} `;
  const sides = `${'ours'.padStart(8)} ${'Google'.padStart(8)} `;
  return [
    `                    | ${'false pages a week of an agent using'.padEnd(39)} | ${'median minutes to the page when'.padEnd(39)}`,
    `objective  tasks/h  | ${'half its budget'.padEnd(18)} | ${'all its budget'.padEnd(18)} | ${'all fail'.padEnd(18)} | half fail`,
    `                    | ${sides} | ${sides} | ${sides} | ${sides}`,
    ...rows.map(({ objective, perHour, usesHalf, usesAll, allFail, halfFail }) =>
      [
        `${objective.padEnd(9)} ${String(perHour).padStart(8)} `,
        pair(usesHalf, pages),
        pair(usesAll, pages),
        pair(allFail, minutes),
        pair(halfFail, minutes),
      ].join(' | '),
    ),
  ].join('\n');
}

describe('the page rules, simulated', () => {
  const rows = simulate();
  process.stdout.write(`\n${tableOf(rows)}\n\n`);
  const total = (of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const busy = rows.filter(({ perHour }) => perHour === 100);
  const quiet = rows.filter(({ perHour }) => perHour === 5);

  it('wake nobody more than once a month for an agent that uses half of its error budget', () => {
    for (const { usesHalf } of rows) expect(usesHalf.ours).toBeLessThan(1 / 4);
  });

  it('page falsely less often than the Google defaults', () => {
    expect(total(({ usesHalf }) => usesHalf.ours)).toBeLessThan(total(({ usesHalf }) => usesHalf.google) / 10);
    expect(total(({ usesAll }) => usesAll.ours)).toBeLessThan(total(({ usesAll }) => usesAll.google) / 1.5);
    // What is left: an agent with few tasks and a wide budget that uses all of it.
    for (const { usesAll } of rows) expect(usesAll.ours).toBeLessThan(2);
  });

  it('see an outage within 10 minutes at 100 tasks an hour, and by the fourth task of a quiet agent', () => {
    for (const { allFail } of busy) expect(allFail.ours).toBeLessThanOrEqual(10);
    // 5 an hour: the third failure comes after 36 minutes on average.
    for (const { allFail } of quiet) expect(allFail.ours).toBeLessThanOrEqual(4 * 12);
  });

  it('see an agent that fails every second task, which the defaults cannot see below 93.1 %', () => {
    for (const { halfFail } of busy) expect(halfFail.ours).toBeLessThanOrEqual(30);
    for (const { halfFail } of quiet) expect(halfFail.ours).toBeLessThanOrEqual(120);
    const wide = rows.filter(({ objective }) => objective === '90 %');
    expect(wide.some(({ halfFail }) => halfFail.google >= GIVE_UP_MIN)).toBe(true);
    for (const { allFail, halfFail } of wide) {
      expect(allFail.ours).toBeLessThan(allFail.google / 2);
      expect(halfFail.ours).toBeLessThan(halfFail.google / 2);
    }
  });
});
