import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noticeSchema } from '#contract/delivery.ts';
import { firing, startDelivery, type TestDelivery } from '../../support/delivery.ts';
import { NIGHT } from '../../support/time.ts';

let desk: TestDelivery;
beforeEach(async () => {
  desk = await startDelivery({});
});
afterEach(() => desk.close());

function trigger(key: string) {
  return { kind: 'trigger' as const, routes: ['native'], alert: firing({ key }), incident: 12, at: desk.time.now() };
}

describe('the native route', () => {
  it('is there without settings, and shows each message once, by its own id, over a restart too', async () => {
    await desk.put(trigger('a'));
    await desk.put(trigger('b'));
    await desk.when(() => desk.rows().every(({ state }) => state === 'sent'));
    const shown = desk.delivery.notices().map((notice) => noticeSchema.parse(notice));
    expect(shown).toMatchObject([
      { kind: 'trigger', severity: 'page', incident: 12, at: NIGHT, title: `Page: ${firing().summary}` },
      { kind: 'trigger' },
    ]);
    expect(new Set(shown.map(({ id }) => id)).size).toBe(2);
    await desk.restart();
    expect(desk.delivery.notices()).toEqual(shown);
  });

  it('forgets what was shown a day ago', async () => {
    await desk.put(trigger('a'));
    await desk.when(() => desk.rows().every(({ state }) => state === 'sent'));
    desk.time.advance(25 * 3_600_000);
    await desk.restart();
    expect(desk.delivery.notices()).toEqual([]);
  });

  it('takes a test', async () => {
    expect(await desk.delivery.test('nowhere', 'ada')).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    expect(await desk.delivery.test('native', 'ada')).toMatchObject({
      ok: true,
      value: { state: 'due', kind: 'test' },
    });
    await desk.when(() => desk.rows()[0]?.state === 'sent');
    expect(desk.delivery.notices()).toMatchObject([{ kind: 'test', severity: null, incident: null }]);
  });
});
