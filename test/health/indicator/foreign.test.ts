import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { foreignEventSchema } from '#contract/event.ts';
import { HOUR_MS, MINUTE_MS } from '../../../electron/health/indicator/rollups.ts';
import { NIGHT, startHealth, type TestHealth } from '../../support/health.ts';
import { until } from '../../support/until.ts';

type Event = z.input<typeof foreignEventSchema>;

let desk: TestHealth;
beforeEach(() => {
  desk = startHealth({ 'invoice-triage': {} });
});
afterEach(() => desk.close());

const of = { runtime: 'crew', agent: 'researcher' } as const;
const AGENT = 'crew.researcher';

function accepted(task: string, at: number): Event {
  return { ...of, kind: 'accepted', task, sequence: 0, at };
}
function started(task: string, at: number): Event {
  return { ...of, kind: 'started', task, sequence: 1, at };
}
function ended(task: string, at: number, change: Partial<Extract<Event, { kind: 'ended' }>> = {}): Event {
  return { ...of, kind: 'ended', task, sequence: 2, at, end: 'succeeded', acceptedAt: at - 2_000, ...change };
}

async function ingest(...events: unknown[]) {
  const answer = await desk.health.ingest(events);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

function row(window: '1h' | '24h' = '1h', agent = AGENT) {
  const found = desk.health.board(window).agents[agent];
  if (!found) throw new Error(`no row of ${agent}`);
  return found;
}

/** The disk has what memory has. */
async function written(): Promise<void> {
  const before = desk.changes();
  await until(() => desk.changes() > before);
}

describe('an agent of another runtime', () => {
  it('is on the board with its runtime, its rates, latencies and cost', async () => {
    await ingest(
      ...Array.from({ length: 30 }, (_, n) =>
        ended(`a${n}`, NIGHT, {
          costUsd: 0.5,
          startedAt: NIGHT - 1_000,
          tokensIn: 10,
          marks: n < 3 ? ['partial'] : [],
        }),
      ),
      ended('b', NIGHT, { end: 'failed' }),
      ended('c', NIGHT, { end: 'timed-out' }),
      ended('d', NIGHT, { end: 'rejected' }),
      ended('e', NIGHT, { end: 'cancelled' }),
      ended('f', NIGHT, { attempts: 2 }),
    );
    expect(row()).toMatchObject({
      runtime: 'crew',
      success: { good: 31, total: 34 },
      firstAttempt: { good: 30, total: 34 },
      counts: { succeeded: 31, failed: 1, timedOut: 1, rejected: 1, cancelled: 1, inDoubt: 0, overdue: 0 },
      marks: { partial: 3, retried: 1 },
      costUsd: 15,
      p99Ms: null,
    });
    expect(row().retryLift).toBeCloseTo(1 / 34);
    expect(row().costPerSuccessUsd).toBeCloseTo(15 / 31);
    expect(Math.abs((row().p50Ms ?? 0) - 2_000)).toBeLessThanOrEqual(20);
    expect(Math.abs((row().fromStart.p50Ms ?? 0) - 1_000)).toBeLessThanOrEqual(10);
  });

  it('shows what is in flight, also after a restart and when the events come in another order', async () => {
    await ingest(
      accepted('a', NIGHT),
      accepted('b', NIGHT),
      started('b', NIGHT),
      started('c', NIGHT),
      ended('d', NIGHT),
    );
    await ingest(accepted('d', NIGHT));
    expect(row()).toMatchObject({ queued: 1, running: 2 });
    await desk.restart();
    expect(row()).toMatchObject({ queued: 1, running: 2 });
    await ingest(ended('a', NIGHT), ended('b', NIGHT), ended('c', NIGHT));
    expect(row()).toMatchObject({ queued: 0, running: 0, success: { good: 4, total: 4 } });
  });

  it('has its hung tasks in the denominator', async () => {
    await ingest(...Array.from({ length: 20 }, (_, n) => ended(`a${n}`, NIGHT)), accepted('hung', NIGHT));
    desk.clock.now += 25 * HOUR_MS;
    await ingest(...Array.from({ length: 19 }, (_, n) => ended(`b${n}`, desk.clock.now)));
    await until(() => row().counts.overdue === 1);
    expect(row().success).toMatchObject({ good: 19, total: 20 });
  });
});

describe('an event', () => {
  it('lands once, however often it is sent', async () => {
    const batch = [accepted('a', NIGHT), ended('a', NIGHT)];
    expect(await ingest(...batch)).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(await ingest(...batch, ...batch)).toMatchObject({ accepted: 0, duplicates: 4 });
    await desk.restart();
    expect(await ingest(...batch)).toMatchObject({ accepted: 0, duplicates: 2 });
    expect(row().success).toMatchObject({ good: 1, total: 1 });
    expect(desk.health.ingested()).toEqual({ accepted: 2, duplicates: 6, late: 0, dropped: 0 });
  });

  it('that is late counts in the minute of its moment, and is there after a crash', async () => {
    await ingest(ended('now', NIGHT));
    expect(await ingest(ended('late', NIGHT - 5 * HOUR_MS))).toMatchObject({ accepted: 1, late: 1 });
    expect(row('1h').success.total).toBe(1);
    expect(row('24h').success.total).toBe(2);
    const { spark } = row('24h');
    expect([spark.good.at(-6), spark.good.at(-1)]).toEqual([1, 1]);
    await desk.restart();
    expect(row('24h').success.total).toBe(2);
  });

  it('that was durable when the desk was killed, before it was in any bucket on the disk, counts all the same', async () => {
    await ingest(ended('now', NIGHT));
    await written();
    const old = desk.health;
    await ingest(ended('late', NIGHT - 5 * HOUR_MS));
    // Another desk opens what the first had written so far: the first one's memory is not there.
    const second = startHealth({ 'invoice-triage': {} }, desk.folder);
    try {
      expect(second.health.board('24h').agents[AGENT]?.success.total).toBe(2);
      expect(old.board('24h').agents[AGENT]?.success.total).toBe(2);
    } finally {
      await second.close();
    }
  });

  it.each<[string, object, string]>([
    ['a name no runtime can have', { runtime: 'Crew!' }, 'events.1.runtime'],
    ['an end that is none', { end: 'splendid' }, 'events.1.end'],
    ['a field that nobody knows', { colour: 'red' }, 'events.1'],
    ['a moment that has not come', { at: NIGHT + 10 * MINUTE_MS }, 'events.1.at'],
    ['a start before it was accepted', { startedAt: NIGHT - HOUR_MS }, 'events.1.acceptedAt'],
    ['an end before its start', { acceptedAt: NIGHT + HOUR_MS }, 'events.1.acceptedAt'],
    ['a moment too long ago', { at: NIGHT - 31 * 24 * HOUR_MS }, 'events.1.at'],
  ])('with %s is refused by itself, is told apart, and is counted as dropped', async (_what, change, where) => {
    const answer = await ingest(ended('a', NIGHT), { ...ended('b', NIGHT), ...change });
    expect(answer).toMatchObject({ accepted: 1, refused: 1, refusals: [{ index: 1, code: 'BAD_INPUT', where }] });
    expect(row().success.total).toBe(1);
    await desk.restart();
    expect(desk.health.ingested()).toMatchObject({ accepted: 1, dropped: 1 });
  });

  it('is not taken while the disk refuses, and none of its batch counts', async () => {
    desk.disk.full = true;
    const answer = await desk.health.ingest([ended('a', NIGHT)]);
    expect(answer).toMatchObject({ ok: false, error: { code: 'STORAGE' } });
    desk.disk.full = false;
    expect(await ingest(ended('a', NIGHT))).toMatchObject({ accepted: 1 });
    expect(row().success.total).toBe(1);
  });
});

describe('a task that was in doubt', () => {
  const doubt = ended('a', NIGHT - 3 * HOUR_MS, { end: 'in-doubt', sequence: 2, costUsd: 1 });
  const resolved = ended('a', NIGHT, { end: 'succeeded', sequence: 4, costUsd: 3 });

  it.each<[string, Event[]]>([
    ['as it happened', [doubt, resolved]],
    ['the other way round', [resolved, doubt]],
  ])(
    'counts once when its events come %s, with its last cost, whatever crash is between them',
    async (_order, events) => {
      for (const event of events) {
        await ingest(event);
        await desk.restart();
      }
      expect(row('24h')).toMatchObject({
        counts: { succeeded: 1, inDoubt: 0 },
        success: { good: 1, total: 1 },
        costUsd: 3,
      });
    },
  );

  it('is bad until a person has said what became of it', async () => {
    await ingest(doubt);
    expect(row('24h')).toMatchObject({ counts: { inDoubt: 1 }, success: { good: 0, total: 1 } });
  });
});

it('events in any order, in any batches, sent again and with restarts between, come to the same numbers', async () => {
  const tasks = fc.array(
    fc.record({
      minutesAgo: fc.integer({ min: 0, max: 180 }),
      ends: fc.array(fc.constantFrom('succeeded', 'failed', 'in-doubt', 'cancelled'), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  let number = 0;
  await fc.assert(
    fc.asyncProperty(tasks, fc.infiniteStream(fc.nat()), fc.nat({ max: 3 }), async (each, order, restarts) => {
      number += 1;
      const agent = `a${number}`;
      const events = each.flatMap(({ minutesAgo, ends }, task) =>
        ends.map((end, n) => {
          const at = NIGHT - minutesAgo * MINUTE_MS + n * 1_000;
          return {
            ...ended(`t${task}`, Math.min(NIGHT, at), { end, sequence: n, costUsd: 1 }),
            agent,
            task: `${agent}-${task}`,
          };
        }),
      );
      const keyed = [...events, ...events.slice(0, 3)].map((event) => ({ event, key: order.next().value as number }));
      const sent = keyed.toSorted((a, b) => a.key - b.key).map(({ event }) => event);
      const size = Math.ceil(sent.length / (restarts + 1));
      for (let from = 0; from < sent.length; from += size) {
        await ingest(...sent.slice(from, from + size));
        if (from > 0) await desk.restart();
      }
      // An end in doubt counts only as the last word on its task.
      const counted = each.flatMap(({ ends }) => ends.filter((end, n) => end !== 'in-doubt' || n === ends.length - 1));
      const count = (end: string) => counted.filter((one) => one === end).length;
      expect(row('24h', `crew.${agent}`)).toMatchObject({
        counts: { succeeded: count('succeeded'), failed: count('failed'), inDoubt: count('in-doubt') },
        costUsd: counted.length,
      });
    }),
    { numRuns: 12 },
  );
}, 60_000);
