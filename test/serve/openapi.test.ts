import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SENDER, serveTiny } from './desk.ts';

/*
 * The document is fetched from the host, checked by an OpenAPI validator, and held against what the host answers: each
 * status of each operation is provoked, and its answer read by the schema that the document gives for it.
 */

type Response = { content?: { 'application/json': { schema: object } }; headers?: Record<string, object> };
type Document = {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Response> }>>;
  components: { schemas: Record<string, object> };
};

let served: Awaited<ReturnType<typeof serveTiny>>;
let document: Document;
beforeAll(async () => {
  served = await serveTiny();
  document = (await (await fetch(`${served.address}/v1/openapi.json`)).json()) as Document;
});
afterEach(() => {
  served.asked.broken = false;
});
afterAll(() => served.close());

const FULL_BODY = JSON.stringify('x'.repeat(2 ** 20));
const JSON_TYPE = { 'content-type': 'application/json' };

type Call = { method: 'get' | 'post'; path: string; body?: string; headers?: Record<string, string>; broken?: boolean };

function call(method: Call['method'], path: string, body?: string, headers: Record<string, string> = {}): Call {
  return { method, path, headers: { ...(body === undefined ? {} : JSON_TYPE), ...headers }, ...(body ? { body } : {}) };
}

const NO_TOKEN = { authorization: 'Bearer wrong' };
const ONLY_SENDS = { authorization: `Bearer ${SENDER.token}` };
const YES = '{"choice":"yes"}';
const LANDED = '{"resolution":{"as":"landed","result":{"receipt":7}}}';
const ONE = '{"tasks":[{"input":1}]}';
const EVENTS = JSON.stringify({
  events: [{ kind: 'accepted', runtime: 'crew', agent: 'researcher', task: 'a', sequence: 0, at: 1_800_000_000_000 }],
});
const ALERTS = JSON.stringify({ version: '4', status: 'firing', receiver: 'webhook', alerts: [] });

/** A call for each status of each operation. */
const CALLS: Record<string, Record<number, Call>> = {
  submitTask: {
    200: call('post', '/v1/agents/a/tasks?wait=30s', '{}'),
    202: call('post', '/v1/agents/a/tasks?priority=-5&runAt=2026-11-30T08:00:00%2B01:00', '{}', {
      'idempotency-key': 'k',
    }),
    401: call('post', '/v1/agents/a/tasks', '{}', NO_TOKEN),
    403: call('post', '/v1/agents/a/tasks', '{}', ONLY_SENDS),
    404: call('post', '/v1/agents/nobody/tasks', '{}'),
    409: call('post', '/v1/agents/a/tasks', '{}', { 'idempotency-key': 'other' }),
    413: call('post', '/v1/agents/a/tasks', FULL_BODY),
    415: call('post', '/v1/agents/a/tasks', 'a,b', { 'content-type': 'text/csv' }),
    422: call('post', '/v1/agents/picky/tasks', '{}'),
    429: call('post', '/v1/agents/full/tasks', '{}'),
    500: call('post', '/v1/agents/broken/tasks', '{}'),
    503: call('post', '/v1/agents/paused/tasks', '{}'),
    507: call('post', '/v1/agents/disk/tasks', '{}'),
  },
  submitTasks: {
    200: call('post', '/v1/agents/a/tasks:batch', ONE),
    401: call('post', '/v1/agents/a/tasks:batch', ONE, NO_TOKEN),
    403: call('post', '/v1/agents/a/tasks:batch', ONE, ONLY_SENDS),
    404: call('post', '/v1/agents/nobody/tasks:batch', ONE),
    413: call('post', '/v1/agents/a/tasks:batch', JSON.stringify({ tasks: 'x'.repeat(33 * 2 ** 20) })),
    415: call('post', '/v1/agents/a/tasks:batch', 'a,b', { 'content-type': 'text/csv' }),
    422: call('post', '/v1/agents/a/tasks:batch', '{"tasks":[]}'),
    500: call('post', '/v1/agents/broken/tasks:batch', ONE),
  },
  getTask: {
    200: call('get', '/v1/tasks/t1'),
    401: call('get', '/v1/tasks/t1', undefined, NO_TOKEN),
    403: call('get', '/v1/tasks/t1', undefined, ONLY_SENDS),
    404: call('get', '/v1/tasks/t404'),
    422: call('get', '/v1/tasks/first?wait=soon'),
    500: { ...call('get', '/v1/tasks/t1'), broken: true },
  },
  cancelTask: {
    202: call('post', '/v1/tasks/t1/cancel', undefined, { 'idempotency-key': 'k' }),
    401: call('post', '/v1/tasks/t1/cancel', undefined, NO_TOKEN),
    403: call('post', '/v1/tasks/t1/cancel', undefined, ONLY_SENDS),
    404: call('post', '/v1/tasks/t404/cancel'),
    409: call('post', '/v1/tasks/t9/cancel'),
    422: call('post', '/v1/tasks/first/cancel'),
    500: { ...call('post', '/v1/tasks/t1/cancel'), broken: true },
    507: call('post', '/v1/tasks/t507/cancel'),
  },
  resolveTask: {
    200: call('post', '/v1/tasks/t1/resolve', LANDED),
    401: call('post', '/v1/tasks/t1/resolve', LANDED, NO_TOKEN),
    403: call('post', '/v1/tasks/t1/resolve', LANDED, ONLY_SENDS),
    404: call('post', '/v1/tasks/t404/resolve', LANDED),
    409: call('post', '/v1/tasks/t9/resolve', LANDED),
    413: call('post', '/v1/tasks/t1/resolve', FULL_BODY),
    415: call('post', '/v1/tasks/t1/resolve', 'a,b', { 'content-type': 'text/csv' }),
    422: call('post', '/v1/tasks/t1/resolve', '{"resolution":{"as":"perhaps"}}'),
    500: { ...call('post', '/v1/tasks/t1/resolve', LANDED), broken: true },
    507: call('post', '/v1/tasks/t507/resolve', LANDED),
  },
  listQuestions: {
    200: call('get', '/v1/questions?open=false&task=t1&limit=5'),
    401: call('get', '/v1/questions', undefined, NO_TOKEN),
    403: call('get', '/v1/questions', undefined, ONLY_SENDS),
    422: call('get', '/v1/questions?open=perhaps'),
    500: { ...call('get', '/v1/questions'), broken: true },
  },
  answerQuestion: {
    200: call('post', '/v1/questions/1/answer', YES),
    401: call('post', '/v1/questions/1/answer', YES, NO_TOKEN),
    403: call('post', '/v1/questions/1/answer', YES, ONLY_SENDS),
    404: call('post', '/v1/questions/404/answer', YES),
    409: call('post', '/v1/questions/9/answer', YES),
    413: call('post', '/v1/questions/1/answer', FULL_BODY),
    415: call('post', '/v1/questions/1/answer', 'a,b', { 'content-type': 'text/csv' }),
    422: call('post', '/v1/questions/1/answer', '{"choice":""}'),
    500: { ...call('post', '/v1/questions/1/answer', YES), broken: true },
    507: call('post', '/v1/questions/507/answer', YES),
  },
  receiveAlerts: {
    200: call('post', '/v1/alertmanager', ALERTS),
    401: call('post', '/v1/alertmanager', ALERTS, NO_TOKEN),
    413: call('post', '/v1/alertmanager', JSON.stringify('x'.repeat(9 * 2 ** 20))),
    415: call('post', '/v1/alertmanager', 'a,b', { 'content-type': 'text/csv' }),
    422: call('post', '/v1/alertmanager', '{"version":"3","alerts":[]}'),
    500: { ...call('post', '/v1/alertmanager', ALERTS), broken: true },
    507: call('post', '/v1/alertmanager', ALERTS.replace('"webhook"', '"disk"')),
  },
  ingestEvents: {
    200: call('post', '/v1/events', EVENTS),
    401: call('post', '/v1/events', EVENTS, NO_TOKEN),
    413: call('post', '/v1/events', JSON.stringify({ events: 'x'.repeat(33 * 2 ** 20) })),
    415: call('post', '/v1/events', 'a,b', { 'content-type': 'text/csv' }),
    422: call('post', '/v1/events', '{"events":[]}'),
    500: { ...call('post', '/v1/events', EVENTS), broken: true },
    507: call('post', '/v1/events', EVENTS.replace('"researcher"', '"disk"')),
  },
  listAgents: {
    200: call('get', '/v1/agents'),
    401: call('get', '/v1/agents', undefined, NO_TOKEN),
    403: call('get', '/v1/agents', undefined, ONLY_SENDS),
    500: { ...call('get', '/v1/agents'), broken: true },
  },
};

const CASES = Object.entries(CALLS).flatMap(([operation, calls]) =>
  Object.entries(calls).map(([status, made]) => [operation, Number(status), made] as const),
);

function operations() {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );
}

/** A schema of the document as zod reads it: its references lead into its own $defs. */
function reader(schema: object): z.ZodType {
  const whole = JSON.stringify({ ...schema, $defs: document.components.schemas });
  return z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')));
}

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1, by a validator', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    expect(result).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(document.openapi).toBe('3.1.0');
  });

  it('every status that it lists is provoked below, and no other', () => {
    const listed = Object.fromEntries(operations().map((each) => [each.operationId, Object.keys(each.responses)]));
    const provoked = Object.fromEntries(Object.entries(CALLS).map(([name, calls]) => [name, Object.keys(calls)]));
    expect(provoked).toEqual(listed);
  });

  it.each(CASES)('%s answers %i as it says', async (name, status, { method, path, body, headers, broken }) => {
    served.asked.broken = broken === true;
    const operation = operations().find((each) => each.operationId === name);
    const [pathOnly = ''] = path.split('?');
    expect(pathOnly).toMatch(new RegExp(`^${operation?.path.replace(/\{\w+\}/g, '[^/:]+')}$`));
    expect(operation?.method).toBe(method);
    const answer = await fetch(`${served.address}${path}`, {
      method: method.toUpperCase(),
      headers: { authorization: `Bearer ${served.bearer}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    expect(answer.status).toBe(status);
    const said = operation?.responses[status];
    const document = await answer.json();
    expect(reader(said?.content?.['application/json'].schema ?? {}).safeParse(document)).toMatchObject({
      success: true,
    });
    for (const header of Object.keys(said?.headers ?? {})) expect(answer.headers.get(header)).toMatch(/\S/);
  });

  it('a schema of it refuses what does not fit, so that the checks above mean something', () => {
    const refusal = reader({ $ref: '#/components/schemas/Refusal' });
    expect(refusal.safeParse({ code: 'NOT_FOUND', message: 'm', kept: 'k', todo: 't' }).success).toBe(true);
    expect(refusal.safeParse({ code: 'ELSE', message: 'm', kept: 'k', todo: 't' }).success).toBe(false);
    expect(refusal.safeParse({ code: 'NOT_FOUND', message: 'm' }).success).toBe(false);
  });
});

describe('the intake beyond its statuses', () => {
  function post(path: string, body: string, headers: Record<string, string> = {}) {
    const all = { authorization: `Bearer ${served.bearer}`, ...JSON_TYPE, ...headers };
    return fetch(`${served.address}${path}`, { method: 'POST', body, headers: all });
  }

  it('hands on priority, moment and key, as the program that sent them', async () => {
    const path = '/v1/agents/a/tasks?priority=7&runAt=1800000000000';
    await post(path, '{"a":1}', { 'idempotency-key': 'k', 'nightdesk-user': 'billing' });
    expect(served.asked.submitted.at(-1)).toMatchObject({
      agent: 'a',
      input: { a: 1 },
      key: 'k',
      priority: 7,
      runAt: 1_800_000_000_000,
      ifPaused: 'refuse',
    });
    expect(served.asked.actors.at(-1)).toEqual({ name: 'billing', via: 'http' });
  });

  it('hands on an answer as the person who gave it', async () => {
    await post('/v1/questions/1/answer', '{"choice":"yes","text":"seen"}', { 'nightdesk-user': 'ada' });
    expect(served.asked.answered.at(-1)).toEqual({ id: 1, answer: { choice: 'yes', text: 'seen' } });
    expect(served.asked.actors.at(-1)).toEqual({ name: 'ada', via: 'http' });
  });

  it('says in whole seconds when to come back', async () => {
    expect((await post('/v1/agents/full/tasks', '{}')).headers.get('retry-after')).toBe('3');
    expect((await post('/v1/agents/paused/tasks', '{}')).headers.get('retry-after')).toBe('3');
    expect((await post('/v1/agents/a/tasks:batch', ONE)).headers.get('retry-after')).toBe('5');
  });

  it('says where an input does not fit', async () => {
    expect(await (await post('/v1/agents/picky/tasks', '{}')).json()).toMatchObject({ where: 'input.total' });
  });

  it('waits for the end of a task for at most five minutes, and answers 202 when it is still at work', async () => {
    const answer = await post('/v1/agents/slow/tasks?wait=90m', '{}');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ id: 't2', duplicate: false });
    expect(served.asked.waited.at(-1)).toEqual({ id: 't2', withinMs: 300_000 });
  });

  it.each([
    ['priority=101', 'priority'],
    ['priority=high', 'priority'],
    ['runAt=tomorrow', 'runAt'],
    ['wait=30', 'wait'],
  ])('refuses ?%s and says where', async (query, where) => {
    const answer = await post(`/v1/agents/a/tasks?${query}`, '{}');
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'BAD_INPUT', where });
  });
});
