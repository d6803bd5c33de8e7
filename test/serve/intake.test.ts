import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveTiny } from './desk.ts';

let served: Awaited<ReturnType<typeof serveTiny>>;

beforeEach(async () => {
  served = await serveTiny();
});
afterEach(() => served.close());

function submit(agent: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${served.address}/v1/agents/${agent}/tasks`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${served.bearer}`, 'content-type': 'application/json', ...headers },
  });
}

describe('POST /v1/agents/NAME/tasks', () => {
  it('queues the task with its idempotency key and answers 202 with its address', async () => {
    const answer = await submit('invoice-triage', '{"invoice":"a.pdf"}', { 'idempotency-key': 'inv-1' });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe('/v1/tasks/t1');
    expect(await answer.json()).toEqual({ id: 't1', duplicate: false });
    expect(served.asked.submitted).toMatchObject([
      { agent: 'invoice-triage', input: { invoice: 'a.pdf' }, key: 'inv-1' },
    ]);
  });

  it.each([
    ['an agent that is not there', 'nobody', '{}', {}, 404, 'NOT_FOUND'],
    ['a full queue', 'full', '{}', {}, 429, 'QUEUE_FULL'],
    ['a key that stands for another input', 'a', '{}', { 'idempotency-key': 'other' }, 409, 'CONFLICT'],
    ['a paused agent', 'paused', '{}', {}, 503, 'NOT_ACCEPTING'],
    ['an input that does not fit', 'picky', '{}', {}, 422, 'BAD_INPUT'],
    ['a disk that is full', 'disk', '{}', {}, 507, 'STORAGE'],
    ['an empty key', 'a', '{}', { 'idempotency-key': '' }, 422, 'BAD_INPUT'],
    ['a name no agent can have', 'Not%20A%20Name', '{}', {}, 422, 'BAD_INPUT'],
    ['a body that is not JSON', 'a', '{"invoice":', {}, 422, 'BAD_INPUT'],
    ['a body of another kind', 'a', 'x', { 'content-type': 'text/csv' }, 415, 'BAD_INPUT'],
    ['a text', 'a', 'x', { 'content-type': 'text/plain' }, 415, 'BAD_INPUT'],
    ['a body nested beyond reason', 'a', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, {}, 422, 'BAD_INPUT'],
    ['a body too large', 'a', JSON.stringify('x'.repeat(2 ** 20)), {}, 413, 'BAD_INPUT'],
    ['no token', 'a', '{}', { authorization: '' }, 401, 'UNAUTHORIZED'],
    ['a wrong token', 'a', '{}', { authorization: 'Bearer wrong' }, 401, 'UNAUTHORIZED'],
  ])('refuses %s, saying what was kept and what to do', async (_what, agent, body, headers, status, code) => {
    const answer = await submit(agent, body, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    const failure = await answer.json();
    expect(failure).toMatchObject({ code });
    for (const field of ['message', 'kept', 'todo']) expect(failure[field]).toMatch(/\S.*\.$/);
    expect(served.asked.submitted).toEqual([]);
  });

  it('goes on after each of them', async () => {
    await submit('a', '{"invoice":');
    expect((await submit('a', '{}')).status).toBe(202);
  });
});
