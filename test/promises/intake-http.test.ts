import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { submitManyAnswerSchema, submittedSchema, taskDetailSchema } from '#contract/task.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';

/* The intake over plain HTTP, against a desk at work. What each status says is held to the document in test/serve. */

let desk: TestDesk;
let address: string;
let token: string;
beforeAll(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS));
  const file = readFileSync(join(desk.folder, 'desk.json'), 'utf8');
  ({ address, token } = z.object({ address: z.string(), token: z.string() }).parse(JSON.parse(file)));
});
afterAll(() => desk.close());

function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${address}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const submit = (agent: string, body: unknown, key?: string, query = '') =>
  call('POST', `/v1/agents/${agent}/tasks${query}`, body, key === undefined ? {} : { 'idempotency-key': key });

describe('POST /v1/agents/NAME/tasks', () => {
  it('is done once for a key, and refuses the key for another input', async () => {
    const first = await submit('moody', { mood: 'fine' }, 'k1');
    const again = await submit('moody', { mood: 'fine' }, 'k1');
    const other = await submit('moody', { mood: 'fails' }, 'k1');
    expect([first.status, again.status, other.status]).toEqual([202, 202, 409]);
    const { id } = submittedSchema.parse(await first.json());
    expect(await again.json()).toEqual({ id, duplicate: true });
    expect(await other.json()).toMatchObject({ code: 'CONFLICT', where: 'key', message: expect.stringContaining(id) });
  });

  it('is the same key by HTTP, by the command line and by call', async () => {
    await submit('one-step', { n: 1 }, 'shared');
    await expect(desk.client.tasks.submit({ agent: 'one-step', input: { n: 2 }, key: 'shared' })).rejects.toMatchObject(
      {
        code: 'CONFLICT',
      },
    );
    const other = join(desk.folder, 'other.json');
    writeFileSync(other, '{"n":2}');
    expect((await desk.cli('submit', 'one-step', '--input', other, '--key', 'shared')).code).toBe(4);
    writeFileSync(other, '{"n":1}');
    expect((await desk.cli('submit', 'one-step', '--input', other, '--key', 'shared')).code).toBe(0);
  });

  it('with ?wait answers with the end of the task, and without an end in time with 202', async () => {
    const ended = await submit('moody', { mood: 'fine' }, undefined, '?wait=60s');
    expect(ended.status).toBe(200);
    const task = taskDetailSchema.parse(await ended.json());
    expect(task).toMatchObject({ state: 'succeeded', output: 'done' });
    expect(ended.headers.get('location')).toBe(`/v1/tasks/${task.id}`);
    const hangs = await submit('moody', { mood: 'hangs' }, undefined, '?wait=100ms');
    expect(hangs.status).toBe(202);
    const { id } = submittedSchema.parse(await hangs.json());
    const cancelled = await call('POST', `/v1/tasks/${id}/cancel`);
    expect(cancelled.status).toBe(202);
    const after = taskDetailSchema.parse(await (await call('GET', `/v1/tasks/${id}?wait=60s`)).json());
    expect(after).toMatchObject({ state: 'cancelled', reason: expect.stringContaining('cancelled') });
    expect((await call('POST', `/v1/tasks/${id}/cancel`)).status).toBe(409);
  });

  it('with runAt keeps the task until then', async () => {
    const at = Date.now() + 3_600_000;
    const answer = await submit('moody', { mood: 'fine' }, undefined, `?priority=5&runAt=${at}`);
    const { id } = submittedSchema.parse(await answer.json());
    expect(await desk.client.tasks.get({ id })).toMatchObject({ waitKind: 'delayed', runAt: at, priority: 5 });
    await call('POST', `/v1/tasks/${id}/cancel`);
  });

  it('says when to come back: a paused agent and a full queue, which nothing that was accepted suffers from', async () => {
    await desk.cli('pause', 'moody', '--for', '10m');
    const paused = await submit('moody', { mood: 'fine' });
    expect(paused.status).toBe(503);
    expect(await paused.json()).toMatchObject({ code: 'NOT_ACCEPTING' });
    const wait = Number(paused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(500);
    expect(wait).toBeLessThanOrEqual(600);
    // By call they queue; the queue holds 20.
    const inputs = Array.from({ length: 20 }, () => ({ input: { mood: 'fine' } }));
    await desk.client.tasks.submitMany({ agent: 'moody', tasks: inputs });
    await desk.client.actions.execute({ action: { verb: 'resume', agent: 'moody' }, key: 'resume-moody' });
    const full = await until(async () => {
      await desk.client.tasks.submitMany({ agent: 'moody', tasks: inputs.map(() => ({ input: { mood: 'hangs' } })) });
      const answer = await submit('moody', { mood: 'fine' });
      return answer.status === 429 && answer;
    });
    expect(await full.json()).toMatchObject({ code: 'QUEUE_FULL' });
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });
});

describe('POST /v1/agents/NAME/tasks:batch', () => {
  it('takes 10,000 tasks in one call, each answered in its place', async () => {
    const tasks = Array.from({ length: 10_000 }, (_, n) => ({ input: { n }, key: `batch-${n}` }));
    const answer = await call('POST', '/v1/agents/one-step/tasks:batch', { tasks });
    expect(answer.status).toBe(200);
    const { accepted, results } = submitManyAnswerSchema.parse(await answer.json());
    expect(accepted).toBe(10_000);
    const [first, last] = [results[0], results[9_999]];
    expect(first?.outcome === 'accepted' && (await desk.client.tasks.get({ id: first.id })).key).toBe('batch-0');
    expect(last?.outcome === 'accepted' && (await desk.client.tasks.get({ id: last.id })).key).toBe('batch-9999');
  });

  it('takes the good ones beside the bad, and refuses a batch that is too large', async () => {
    const answer = await call('POST', '/v1/agents/one-step/tasks:batch', {
      tasks: [
        { input: { n: 1 }, key: 'b1' },
        { inptu: 1 },
        { input: { n: 2 }, key: 'b1' },
        { input: 3, priority: 101 },
      ],
    });
    expect(submitManyAnswerSchema.parse(await answer.json())).toMatchObject({
      accepted: 1,
      refused: 3,
      results: [
        { outcome: 'accepted' },
        { outcome: 'refused', code: 'BAD_INPUT', where: expect.stringMatching(/^tasks\.1/) },
        { outcome: 'refused', code: 'CONFLICT', where: 'tasks.2.key' },
        { outcome: 'refused', code: 'BAD_INPUT', where: 'tasks.3.priority' },
      ],
    });
    const large = await call('POST', '/v1/agents/one-step/tasks:batch', {
      tasks: Array.from({ length: 10_001 }, () => ({ input: 1 })),
    });
    expect(large.status).toBe(422);
  });
});

describe('GET /v1/agents', () => {
  it('lists them with whether they take tasks', async () => {
    const { agents } = (await (await call('GET', '/v1/agents')).json()) as {
      agents: { name: string; intake: string }[];
    };
    expect(agents).toContainEqual(expect.objectContaining({ name: 'one-step', intake: 'open' }));
  });
});
