import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startDelivery, type TestDelivery } from '../../support/delivery.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { until } from '../../support/until.ts';

let outside: Receiver;
let desk: TestDelivery;
beforeEach(async () => {
  outside = await startReceiver(z.null(), 200);
  desk = await startDelivery({ alerts: { deadman: { url: `${outside.url}/ping/0123456789`, every: '1m' } } });
});
afterEach(async () => {
  await desk.close();
  await outside.close();
});

/** The desk's own tick, as it comes each second. */
function tick() {
  return desk.delivery.signals(desk.time.now()).find(({ rule }) => rule === 'deadman-failing');
}

/** A minute in which the desk lives. */
async function minute(): Promise<void> {
  for (let second = 0; second < 60; second += 1) {
    tick();
    desk.time.advance(1_000);
    await desk.settled();
  }
}

describe("the dead-man's ping", () => {
  it('asks the address once in each span while the desk lives', async () => {
    for (let asked = 1; asked <= 3; asked += 1) {
      await minute();
      expect(outside.asked()).toBe(asked);
    }
    expect(outside.taken.map(({ path }) => path)).toEqual(Array(3).fill('/ping/0123456789'));
    expect(tick()?.event).toBe('cleared');
  });

  it('is silent while the tick stands still, or the disk refuses writes: the other side alarms', async () => {
    await minute();
    // Time goes on, and nothing ticks.
    desk.time.advance(20_000);
    await desk.settled();
    const before = outside.asked();
    for (let turn = 0; turn < 3; turn += 1) {
      desk.time.advance(60_000);
      await desk.settled();
    }
    expect(outside.asked()).toBe(before);
    desk.disk.full = true;
    await minute();
    expect(desk.log.join()).toContain('the disk refuses writes');
    expect(outside.asked()).toBe(before);
    desk.disk.full = false;
    await minute();
    expect(outside.asked()).toBe(before + 1);
  });

  it('is an alert when three in a row are not heard, and over with the next that is', async () => {
    outside.fail({ status: 500 }, 'drop', { status: 404 });
    for (let asked = 1; asked <= 3; asked += 1) {
      expect(tick()?.event).not.toBe('holds');
      await minute();
      expect(tick()?.value).toMatch(`${asked} ping`);
    }
    expect(tick()).toMatchObject({ event: 'holds', severity: 'ticket', error: 'it answered 404' });
    await minute();
    expect(tick()?.event).toBe('cleared');
  });

  it('says nothing of itself until one came to its end: a desk that starts again takes no failure back', async () => {
    outside.fail({ status: 500 }, { status: 500 }, { status: 500 });
    for (let asked = 1; asked <= 3; asked += 1) await minute();
    expect(tick()?.event).toBe('holds');
    await desk.restart();
    expect(tick()?.event).toBe('uncertain');
    await minute();
    expect(tick()?.event).toBe('cleared');
  });

  it('goes on failing when other settings change, and is over when it is set no more', async () => {
    const deadman = { url: `${outside.url}/ping/0123456789`, every: '1m' };
    outside.fail({ status: 500 }, { status: 500 }, { status: 500 });
    for (let asked = 1; asked <= 3; asked += 1) await minute();
    desk.set({ alerts: { deadman, environment: 'staging' } });
    await desk.settled();
    expect(tick()?.event).toBe('holds');
    desk.set({});
    await desk.settled();
    expect(tick()).toMatchObject({ event: 'cleared', clears: "no dead-man's ping is set any more" });
  });

  it('that is under way is not waited for when the desk closes', async () => {
    outside.fail('hang');
    tick();
    desk.time.advance(0);
    await until(() => outside.asked() === 1);
    // No timer comes: only the end of the ping ends it.
    await desk.delivery.close();
    expect(outside.taken).toEqual([]);
  });

  it('is not sent by a clock that was set back while the tick stands still', async () => {
    await minute();
    desk.time.setBack(3_600_000);
    desk.time.advance(20_000);
    await desk.settled();
    const before = outside.asked();
    desk.time.advance(60_000);
    await desk.settled();
    expect(outside.asked()).toBe(before);
  });
});
