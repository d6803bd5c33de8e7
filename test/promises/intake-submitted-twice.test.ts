import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from '#contract/basic.ts';
import { startRunner, type TestRunner } from '../support/runner.ts';

let desk: TestRunner;
beforeAll(() => {
  desk = startRunner();
});
afterAll(() => desk.close());

async function submit(agent: string, input: Json, key: string) {
  const [result] = await desk.runner.submit([{ agent, input, key }]);
  return result;
}

describe('submitted twice, done once', () => {
  it('the second submit with the same key and input returns the first task', async () => {
    const first = await submit('one-step', { n: 1 }, 'a');
    const again = await submit('one-step', { n: 1 }, 'a');
    expect(first).toMatchObject({ ok: true, value: { duplicate: false } });
    expect(again).toEqual({ ok: true, value: { id: first?.ok && first.value.id, duplicate: true } });
  });

  it('the order of the fields means nothing', async () => {
    await submit('one-step', { n: 1, m: { b: [1, 2], a: null } }, 'b');
    expect(await submit('one-step', { m: { a: null, b: [1, 2] }, n: 1 }, 'b')).toMatchObject({
      value: { duplicate: true },
    });
  });

  it('the same key with another input is a conflict that names the first task, and queues nothing', async () => {
    const first = await submit('one-step', { n: 1 }, 'c');
    const before = desk.runner.tasks({}, { limit: 1 }).total;
    const other = await submit('one-step', { n: 2 }, 'c');
    expect(other).toMatchObject({ ok: false, error: { code: 'CONFLICT', where: 'key' } });
    expect(other?.ok === false && other.error.message).toContain(first?.ok ? first.value.id : 'no task');
    expect(desk.runner.tasks({}, { limit: 1 }).total).toBe(before);
  });

  it('within one batch, too', async () => {
    const results = await desk.runner.submit([
      { agent: 'one-step', input: { n: 5 }, key: 'd' },
      { agent: 'one-step', input: { n: 5 }, key: 'd' },
      { agent: 'one-step', input: { n: 6 }, key: 'd' },
    ]);
    expect(results).toMatchObject([
      { value: { duplicate: false } },
      { value: { duplicate: true } },
      { error: { code: 'CONFLICT' } },
    ]);
  });

  it('the key is per agent', async () => {
    await submit('one-step', { n: 1 }, 'e');
    expect(await submit('moody', { mood: 'fine' }, 'e')).toMatchObject({ value: { duplicate: false } });
  });

  it('the first task is returned even when the queue is full or the agent paused', async () => {
    const paused = await desk.runner.execute({ verb: 'pause', agent: 'moody' }, 'pause-moody', {
      name: 'ada',
      via: 'cli',
    });
    expect(paused.ok).toBe(true);
    const fill = Array.from({ length: 20 }, (_, n) => ({ agent: 'moody', input: { mood: 'fine' }, key: `f${n}` }));
    const first = await desk.runner.submit(fill);
    const again = await desk.runner.submit([
      { agent: 'moody', input: { mood: 'fine' }, key: 'f0', ifPaused: 'refuse' },
      { agent: 'moody', input: { mood: 'fine' }, key: 'new', ifPaused: 'refuse' },
      { agent: 'moody', input: { mood: 'fine' }, key: 'new' },
    ]);
    expect(again).toMatchObject([
      { value: { id: first[0]?.ok && first[0].value.id, duplicate: true } },
      { error: { code: 'NOT_ACCEPTING', retryAfterMs: 60_000 } },
      { error: { code: 'QUEUE_FULL', retryAfterMs: expect.any(Number) } },
    ]);
  });
});

describe('the canonical form of JSON', () => {
  it('is JSON of the same value, and the same for every order of fields', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as Json);
        // JSON itself knows no -0.
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value as Json))).toBe(text);
      }),
    );
  });
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  );
}
