import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type CallRequest, callModel } from '../../../electron/runner/providers/call.ts';
import { refusal, startVendor, VENDOR_KEY, type Vendor } from '../../support/vendor.ts';

let vendor: Vendor;
beforeEach(async () => {
  vendor = await startVendor();
});
afterEach(() => vendor.close());

function ask(change: Partial<CallRequest> = {}, baseUrl = vendor.url) {
  return callModel({
    provider: { name: 'local', kind: 'openai-compatible', configured: true, rehearsal: false, baseUrl },
    model: 'model-a',
    system: 'You keep the stock.',
    messages: [{ role: 'user', content: 'How many?' }],
    tools: { 'stock.lookup': { description: 'How many there are.', input: z.object({ item: z.string() }) } },
    fault: null,
    script: null,
    input: null,
    env: { NIGHTDESK_PROVIDER_LOCAL_KEY: VENDOR_KEY },
    random: () => 0.5,
    signal: new AbortController().signal,
    timeoutMs: 20_000,
    maxOutput: 4_096,
    price: null,
    judging: false,
    ...change,
  });
}

describe('a call of an OpenAI-compatible provider', () => {
  it('gives the text and the tokens that were counted, and sends prompt, tools and key', async () => {
    vendor.say({ content: 'There are three.', usage: { prompt_tokens: 11, completion_tokens: 4 } });
    expect(await ask()).toEqual({
      ok: true,
      value: { text: 'There are three.', calls: [], tokensIn: 11, tokensOut: 4, costUsd: 0 },
    });
    const [request] = vendor.requests();
    expect(request).toMatchObject({ model: 'model-a', stream: true, stream_options: { include_usage: true } });
    expect(request?.messages).toMatchObject([
      { role: 'system', content: 'You keep the stock.' },
      { role: 'user', content: 'How many?' },
    ]);
    expect(request?.tools?.[0]?.function.name).toBe('stock_lookup');
  });

  it('that does not know the key is refused', async () => {
    vendor.say({ content: 'There are three.' });
    expect(await ask({ env: {} })).toMatchObject({ ok: false, error: { class: 'auth', status: 401 } });
  });

  it('gives tool calls under our names', async () => {
    vendor.say({ toolCalls: [{ id: 'call-1', name: 'stock_lookup', arguments: '{"item":"A4"}' }] });
    expect(await ask()).toMatchObject({
      ok: true,
      value: { text: '', calls: [{ id: 'call-1', tool: 'stock.lookup', input: { item: 'A4' } }] },
    });
  });

  it('hands on arguments that are not JSON as they came: the loop tells the model', async () => {
    vendor.say({ toolCalls: [{ id: 'call-1', name: 'stock_lookup', arguments: '{"item": ' }] });
    const answer = await ask();
    expect(answer).toMatchObject({ ok: true, value: { calls: [{ tool: 'stock.lookup' }] } });
    expect(z.object({ item: z.string() }).safeParse(answer.ok && answer.value.calls[0]?.input).success).toBe(false);
  });
});

describe('the log of a conversation', () => {
  it.each(['{"item": ', null, ['A4'], 7])(
    'with a call whose input was %j is sent with an object in its place',
    async (input) => {
      vendor.say({ content: 'There are three.' });
      const call = { id: 'call-1', tool: 'stock.lookup', input };
      await ask({
        messages: [
          { role: 'user', content: 'How many?' },
          { role: 'assistant', text: '', calls: [call] },
          { role: 'tool', results: [{ ...call, result: { error: 'The input does not fit.' } }] },
        ],
      });
      expect(vendor.requests()[0]?.messages[2]?.tool_calls?.[0]?.function.arguments).toBe('{}');
    },
  );
});

describe('an error of a provider', () => {
  it.each([
    [401, 'Incorrect API key provided', {}, 'auth'],
    [403, 'no access to this model', {}, 'auth'],
    [400, 'unknown parameter', {}, 'bad-request'],
    [404, 'no such model', {}, 'bad-request'],
    [400, "This model's maximum context length is 8192 tokens", {}, 'context-length'],
    [400, 'blocked by our content policy', {}, 'content'],
    [408, 'timed out', {}, 'timeout'],
    [429, 'slow down', { retryAfter: 7 }, 'rate-limited'],
    [429, 'You exceeded your current quota', { code: 'insufficient_quota' }, 'auth'],
    [500, 'oops', {}, 'transient'],
    [503, 'unavailable', {}, 'transient'],
    [529, 'overloaded', {}, 'transient'],
  ] as const)('%i "%s" is classified, and asked once only', async (status, message, more, errorClass) => {
    vendor.say(refusal(status, message, more));
    const answer = await ask();
    expect(answer).toMatchObject({ ok: false, error: { class: errorClass, status, source: 'local' } });
    if (!answer.ok) expect(answer.error.message).toContain(message);
    if (!answer.ok && status === 429) expect(answer.error.retryAfterMs).toBe('retryAfter' in more ? 7_000 : 1_000);
    expect(vendor.requests()).toHaveLength(1);
  });

  it('without an answer at all is transient and names the provider', async () => {
    await vendor.close();
    const answer = await ask();
    expect(answer).toMatchObject({ ok: false, error: { class: 'transient', source: 'local' } });
    if (!answer.ok) expect(answer.error.message).toMatch(/^local could not be reached: /);
    vendor = await startVendor();
  });
});

describe('a stream', () => {
  it('may be slow as long as it moves: the time without a byte is limited, not a pause between two', async () => {
    vendor.say({ content: 'x'.repeat(120), latency: 50 });
    expect(await ask({ stallMs: 1_000 })).toMatchObject({ ok: true, value: { text: 'x'.repeat(120) } });
  });

  it('that drips without an end is given up when the call has had its time', async () => {
    vendor.say({ content: 'x'.repeat(40_000), latency: 20 });
    expect(await ask({ timeoutMs: 500 })).toMatchObject({
      ok: false,
      error: { class: 'timeout', message: 'local took longer than 0.5 s' },
    });
  });

  it('that stands still is given up', async () => {
    vendor.say({ content: 'never', streamingProfile: { ttft: 60_000 } });
    expect(await ask({ stallMs: 300 })).toMatchObject({
      ok: false,
      error: { class: 'timeout', message: 'local sent nothing for 0.3 s' },
    });
  });

  it('whose connection breaks is no answer, whatever came before', async () => {
    vendor.say({ content: 'There are three of them left.', latency: 50, truncateAfterChunks: 3 });
    const answer = await ask();
    expect(answer).toMatchObject({
      ok: false,
      error: { class: 'transient', message: expect.stringMatching(/^the answer of local broke off/) },
    });
    expect(vendor.requests()).toHaveLength(1);
  });

  it.each([
    ['text', { content: 'There are' }],
    [
      'a tool call',
      { tool_calls: [{ index: 0, id: 'c', function: { name: 'stock_lookup', arguments: '{"item":"A4"}' } }] },
    ],
  ])('of %s that ends cleanly before the model said that it is done is no answer', async (_what, delta) => {
    const server = await chunkServer([{ choices: [{ index: 0, delta }] }]);
    const answer = await ask({}, server.url);
    server.close();
    expect(answer).toMatchObject({
      ok: false,
      error: { class: 'transient', message: expect.stringContaining('broke off') },
    });
  });

  it('that the vendor stops for its content is refused as content, not retried', async () => {
    vendor.say({ content: 'I', finishReason: 'content_filter' });
    expect(await ask()).toMatchObject({ ok: false, error: { class: 'content' } });
  });

  it('stops when the task is cancelled', async () => {
    vendor.say({ content: 'never', streamingProfile: { ttft: 60_000 } });
    const cancel = new AbortController();
    const answer = ask({ signal: cancel.signal });
    cancel.abort(new Error('cancelled'));
    expect((await answer).ok).toBe(false);
  });
});

describe('a provider that heeds no signal', () => {
  afterEach(() => vi.unstubAllGlobals());

  const CANCELLED = new Error('cancelled');
  function deaf(fetched: () => Promise<Response>) {
    vi.stubGlobal('fetch', fetched);
  }
  /** Sends the beginning of an answer, and then nothing; it is never done with its end either. */
  const halfAnswer = async () =>
    new Response(
      new ReadableStream({
        start(controller) {
          const chunk = { id: 'x', model: 'model-a', choices: [{ index: 0, delta: { content: 'There' } }] };
          controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(chunk)}\n\n`));
        },
        cancel: () => new Promise(() => {}),
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    );

  it.each([
    ['before its answer', () => new Promise<Response>(() => {})],
    ['in the middle of its answer', halfAnswer],
  ])('and stands still %s is given up all the same', async (_when, fetched) => {
    deaf(fetched);
    expect(await ask({ stallMs: 200 })).toMatchObject({
      ok: false,
      error: { class: 'timeout', message: 'local sent nothing for 0.2 s' },
    });
  });

  it.each([
    ['before its answer', () => new Promise<Response>(() => {})],
    ['in the middle of its answer', halfAnswer],
  ])('is left when the task is cancelled %s', async (_when, fetched) => {
    const cancel = new AbortController();
    const sent = new Promise<void>((resolve) =>
      deaf(() => {
        resolve();
        return fetched();
      }),
    );
    const answer = ask({ signal: cancel.signal });
    await sent;
    cancel.abort(CANCELLED);
    expect((await answer).ok).toBe(false);
  });

  it('and answers after it was given up has its answer let go', async () => {
    const late = Promise.withResolvers<Response>();
    const letGo = Promise.withResolvers<void>();
    deaf(() => late.promise);
    expect(await ask({ stallMs: 200 })).toMatchObject({ ok: false, error: { class: 'timeout' } });
    const body = new ReadableStream({ cancel: () => letGo.resolve() });
    late.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
    await letGo.promise;
  });
});

/** A server that streams these chunks and ends. */
async function chunkServer(chunks: object[]): Promise<{ url: string; close(): Server }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of chunks) response.write(`data: ${JSON.stringify({ id: 'x', model: 'model-a', ...chunk })}\n\n`);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, close: () => server.close() };
}
