import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BreakerState } from '#contract/provider.ts';
import { dataFolder, startDesk } from '../../support/desk.ts';
import { MODEL_AGENTS, startRunner, type TestRunner } from '../../support/runner.ts';
import { until } from '../../support/until.ts';
import { refusal, startVendor, VENDOR_KEY, type Vendor } from '../../support/vendor.ts';

/** Longer than the first cool-down of a breaker, shorter than the second, ms. */
const COOLED_DOWN = 16_000;

let first: Vendor;
let second: Vendor;
let desk: TestRunner;
/** How far the desk's clock is ahead, ms. */
let ahead: number;

function start(folder?: string): TestRunner {
  return startRunner(folder, 2, {
    agentFolders: [MODEL_AGENTS],
    rehearsal: false,
    env: { NIGHTDESK_PROVIDER_FIRST_URL: first.url, NIGHTDESK_PROVIDER_SECOND_URL: second.url },
    now: () => Date.now() + ahead,
  });
}

beforeEach(async () => {
  // Workers read the keys from the environment that they inherit.
  vi.stubEnv('NIGHTDESK_PROVIDER_FIRST_KEY', VENDOR_KEY);
  vi.stubEnv('NIGHTDESK_PROVIDER_SECOND_KEY', VENDOR_KEY);
  ahead = 0;
  [first, second] = await Promise.all([startVendor(), startVendor()]);
  desk = start(mkdtempSync(join(tmpdir(), 'nightdesk-test-')));
});
afterEach(async () => {
  await desk.close();
  await Promise.all([first.close(), second.close()]);
  vi.unstubAllEnvs();
});

const asked = () => [first.requests().length, second.requests().length];
const breaker = (name: string): BreakerState | undefined =>
  desk.runner.snapshot().providers.find((provider) => provider.name === name)?.breaker;
const ask = async (agent = 'clerk') => desk.end(await desk.submit(agent, { question: 'How many?' }));

describe('one retry loop', () => {
  it('asks the vendor once for each attempt of ours, and counts its tokens once', async () => {
    first.sayInTurn(refusal(500), { content: 'three', usage: { prompt_tokens: 11, completion_tokens: 4 } });
    const task = await ask();
    expect(task).toMatchObject({ state: 'succeeded', output: { text: 'three' }, tokensIn: 11, tokensOut: 4 });
    expect(task.attemptList.map((attempt) => attempt.outcome)).toEqual(['retried', 'succeeded']);
    expect(asked()).toEqual([2, 0]);
  });

  it('goes to the next provider while one asks to wait by Retry-After', async () => {
    second.say({ content: 'three' });
    first.say(refusal(429, 'slow down', { retryAfter: 600 }));
    expect(await ask()).toMatchObject({ state: 'succeeded', attempts: 2, output: { text: 'three' } });
    expect(asked()).toEqual([1, 1]);
  });

  it('goes to the next provider when one refuses the key', async () => {
    second.say({ content: 'three' });
    first.say(refusal(401, 'wrong key'));
    expect(await ask()).toMatchObject({ state: 'succeeded', attempts: 3, output: { text: 'three' } });
    expect(asked()).toEqual([2, 1]);
  });

  it('waits as long as the vendor asks for by Retry-After', async () => {
    first.sayInTurn(refusal(429, 'slow down', { retryAfter: 1 }), { content: 'three' });
    const task = await ask('lone');
    expect(task.state).toBe('succeeded');
    const [refused, next] = task.attemptList;
    expect(refused).toMatchObject({ error: { class: 'rate-limited', status: 429, retryAfterMs: 1_000 } });
    expect((next?.startedAt ?? 0) - (refused?.endedAt ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(asked()).toEqual([2, 0]);
  });

  it('does not repeat what would fail the same way again', async () => {
    first.say(refusal(400, 'unknown parameter'));
    expect(await ask()).toMatchObject({ state: 'failed', attempts: 1, error: { class: 'bad-request', status: 400 } });
    expect(asked()).toEqual([1, 0]);
  });

  it('asks again after a stream that was cut', async () => {
    first.say({ content: 'There are three of them left.', latency: 50, truncateAfterChunks: 3 });
    second.say({ content: 'three' });
    expect(await ask()).toMatchObject({ state: 'succeeded', output: { text: 'three' }, attempts: 3 });
    expect(asked()).toEqual([2, 1]);
  });

  it('ends after the attempts of the agent when every provider fails', async () => {
    first.say(refusal(500));
    second.say(refusal(529));
    expect(await ask()).toMatchObject({ state: 'failed', attempts: 4, error: { class: 'transient' } });
    expect(asked()).toEqual([2, 2]);
  });
});

describe('a provider that fails', () => {
  async function openFirst(): Promise<void> {
    first.say(refusal(503));
    second.say({ content: 'three' });
    await until(async () => {
      expect((await ask()).state).toBe('succeeded');
      return breaker('first') === 'open';
    });
  }

  it('is left by a task after two failures, and by all once its breaker opened', async () => {
    first.say(refusal(503));
    second.say({ content: 'three' });
    const task = await ask();
    expect(task).toMatchObject({ state: 'succeeded', attempts: 3, model: 'second/model-b' });
    expect(task.marks).toEqual(expect.arrayContaining(['retried', 'fallback']));
    expect(asked()).toEqual([2, 1]);

    await openFirst();
    const before = asked();
    expect(await ask()).toMatchObject({ state: 'succeeded', attempts: 1, model: 'second/model-b' });
    expect(asked()).toEqual([before[0], (before[1] ?? 0) + 1]);
  });

  it('is probed after its cool-down, by one task, and served by again once probes held', async () => {
    await openFirst();
    const [failed = 0] = asked();
    first.say({ content: 'three again' });
    ahead = COOLED_DOWN;
    expect(await ask()).toMatchObject({ attempts: 1, model: 'first/model-a' });
    expect([breaker('first'), asked()[0]]).toEqual(['half-open', failed + 1]);
    expect(await ask()).toMatchObject({ attempts: 1, model: 'first/model-a' });
    await until(() => breaker('first') === 'closed');
    const others = asked()[1];
    expect(await ask()).toMatchObject({ attempts: 1, model: 'first/model-a' });
    expect(asked()[1]).toBe(others);
  });

  it('whose probe fails is left alone for longer', async () => {
    await openFirst();
    const [failed = 0] = asked();
    ahead = COOLED_DOWN;
    expect(await ask()).toMatchObject({ state: 'succeeded', model: 'second/model-b' });
    expect([breaker('first'), asked()[0]]).toEqual(['open', failed + 1]);
    ahead += COOLED_DOWN;
    expect(await ask()).toMatchObject({ attempts: 1, model: 'second/model-b' });
    expect(asked()[0]).toBe(failed + 1);
  });
});

describe('a task with no provider left', () => {
  it('waits, over a restart too, and goes on with the probe: it is not failed', async () => {
    first.say(refusal(503));
    const id = await desk.submit('lone', { question: 'How many?' });
    const waiting = await until(() => {
      const task = desk.runner.task(id);
      return task.ok && task.value.state === 'waiting' && task.value;
    });
    expect(waiting).toMatchObject({ reason: 'no provider of its route can serve (first)', marks: ['deferred'] });
    expect(asked()).toEqual([5, 0]);
    await desk.close();

    first.say({ content: 'three' });
    ahead = COOLED_DOWN;
    desk = start(desk.folder);
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded', output: { text: 'three' } });
    expect(asked()).toEqual([6, 0]);
  });
});

describe('the model loop on a served desk', () => {
  it('calls tools as the model asks, tells it what did not fit, and journals every call', async () => {
    vi.stubEnv('NIGHTDESK_PROVIDER_FIRST_URL', first.url);
    const served = await startDesk(dataFolder(MODEL_AGENTS));
    try {
      const usage = { prompt_tokens: 10, completion_tokens: 2 };
      first.sayInTurn(
        { toolCalls: [{ id: 'c1', name: 'stock_lookup', arguments: '{"item": ' }], usage },
        { toolCalls: [{ id: 'c2', name: 'stock_lookup', arguments: '{"item":"A4"}' }], usage },
        { toolCalls: [{ id: 'c3', name: 'stock_order', arguments: '{"item":"A4","count":5}' }], usage },
        { content: 'Ordered five.', usage },
      );
      const { id } = await served.client.tasks.submit({ agent: 'clerk', input: { question: 'Is there A4 left?' } });
      const task = await until(async () => {
        const found = await served.client.tasks.get({ id });
        return found.endedAt !== null && found;
      });
      expect(task).toMatchObject({
        state: 'succeeded',
        attempts: 1,
        output: { text: 'Ordered five.' },
        model: 'first/model-a',
        tokensIn: 40,
        tokensOut: 8,
      });
      expect(task.marks).not.toContain('rehearsal');
      expect(task.steps.filter((step) => step.kind !== 'output').map(({ name, kind }) => `${kind} ${name}`)).toEqual([
        'model model call 1',
        'model model call 2',
        'tool stock.lookup 2.1',
        'model model call 3',
        'effect stock.order 3.1',
        'model model call 4',
      ]);
      const [, told, looked, ordered] = first.requests().map((request) => request.messages.at(-1));
      expect(told).toMatchObject({ role: 'tool', tool_call_id: 'c1' });
      expect(String(told?.content)).toContain('The input of stock.lookup does not fit');
      expect(JSON.parse(String(looked?.content))).toEqual({ item: 'A4', left: 3 });
      expect(JSON.parse(String(ordered?.content))).toMatchObject({ count: 5, key: expect.stringMatching(/^nd-/) });
      expect(first.requests()).toHaveLength(4);
    } finally {
      await served.close();
    }
  });
});
