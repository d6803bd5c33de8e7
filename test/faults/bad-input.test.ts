import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FileProblem } from '#contract/agent.ts';
import { findDesk } from '../../electron/serve/index.ts';
import { openSocket } from '../serve/client.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { until } from '../support/until.ts';

const CODE = `import { defineAgent } from 'nightdesk/agent';\nexport default defineAgent({ run: async () => 'done' });\n`;
const FINE = `---
name: parrot
description: Says that it is done.
model: rehearsal/none
nightdesk:
  input: ./input.schema.json
  retry: { attempts: 3 }
---
A code agent.
`;
const SCHEMA = { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] };
const RUNBOOK = `---
runbook: 1
title: Quiet the parrot
owner: platform
reviewed: 2099-01-01
---
## Mitigate
- [ ] **Stop intake** \`pause agent=parrot for=30m confirm\`
`;

/** A data folder with one agent that checks its input, and one runbook. */
function fineFolder(): string {
  const folder = dataFolder();
  const agent = join(folder, 'agents/parrot');
  mkdirSync(agent, { recursive: true });
  mkdirSync(join(folder, 'runbooks'));
  writeFileSync(join(agent, 'agent.md'), FINE);
  writeFileSync(join(agent, 'agent.ts'), CODE);
  writeFileSync(join(agent, 'input.schema.json'), JSON.stringify(SCHEMA));
  writeFileSync(join(folder, 'runbooks/quiet.md'), RUNBOOK);
  // What else may lie in such a folder says nothing of an agent.
  symlinkSync('nowhere', join(folder, 'agents/gone'));
  return folder;
}

/** What the desk said in its log, one message a line. */
function logOf(folder: string): string[] {
  const lines = readFileSync(join(folder, 'desk.log'), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
}

/** The desk does its work: a task goes in, runs and ends. */
async function expectWork({ client }: TestDesk): Promise<void> {
  const { id } = await client.tasks.submit({ agent: 'parrot', input: { word: 'hello' } });
  const task = await until(async () => {
    const found = await client.tasks.get({ id });
    return found.endedAt !== null && found;
  });
  expect(task).toMatchObject({ state: 'succeeded', output: 'done' });
}

describe('a file that people broke while the desk runs', () => {
  let desk: TestDesk;
  let file: string;
  let runbook: string;
  beforeAll(async () => {
    desk = await startDesk(fineFolder());
    file = join(desk.folder, 'agents/parrot/agent.md');
    runbook = join(desk.folder, 'runbooks/quiet.md');
  });
  afterAll(() => desk.close());
  afterEach(async () => {
    writeFileSync(file, FINE);
    writeFileSync(runbook, RUNBOOK);
    await until(async () => (await desk.client.agents.problems()).length === 0);
    await until(async () => (await runbookErrors()).length === 0);
  });

  const runbookErrors = async () =>
    (await desk.client.runbooks.lint()).filter((each) => each.file === runbook && each.severity === 'error');

  async function problemsOf(text: string): Promise<FileProblem[]> {
    writeFileSync(file, text);
    return until(async () => {
      const problems = await desk.client.agents.problems();
      return problems.length > 0 && problems;
    });
  }

  it.each([
    ['YAML that is none', FINE.replace('{ attempts: 3 }', '{ attempts: 3'), 'yaml', 7, /^Flow map .* end with a }$/],
    [
      'an unknown key under nightdesk',
      FINE.replace('retry:', 'retyr:'),
      'unknown-key',
      7,
      /"nightdesk\.retyr" is not a key/,
    ],
    ['a value of the wrong type', FINE.replace('attempts: 3', 'attempts: many'), 'schema', 7, /expected number/],
    ['a span that is none', FINE.replace('attempts: 3', 'initial: soon'), 'schema', 7, /write for example 500ms/],
    [
      'a schema file that is not there',
      FINE.replace('./input', './output'),
      'file',
      6,
      /\.\/output\.schema\.json cannot be used/,
    ],
    [
      'a required key that is missing',
      FINE.replace('model: rehearsal/none\n', ''),
      'schema',
      2,
      /^model: .*expected string/,
    ],
    [
      'a model that is none',
      FINE.replace('rehearsal/none', 'sonnet-9'),
      'schema',
      4,
      /a model is written provider\/model/,
    ],
    [
      'one model of several that is none',
      FINE.replace('rehearsal/none', '[a/b, c]'),
      'schema',
      4,
      /a model is written provider\/model/,
    ],
    ['an alias that is none', FINE.replace('model:', 'tools: *all\nmodel:'), 'yaml', 2, /^Unresolved alias/],
    ['no front matter', '# Parrot', 'front-matter', 1, /no front matter/],
  ])(
    'by %s: one line says where and what would be right, the last good agent stays',
    async (_what, text, rule, line, says) => {
      const before = await desk.client.agents.get({ name: 'parrot' });
      const problems = await problemsOf(text);
      expect(problems).toMatchObject([{ file, rule, line, severity: 'error', message: expect.stringMatching(says) }]);
      expect(problems[0]?.message).not.toContain('\n');
      const place = `${file}:${line}:${problems[0]?.column} error: ${problems[0]?.message}`;
      await until(() => logOf(desk.folder).filter((message) => message.startsWith(place)).length === 1);
      const after = await desk.client.agents.get({ name: 'parrot' });
      expect(after).toEqual({ ...before, problems });
      await expectWork(desk);
    },
  );

  it('by an unknown key above nightdesk: a warning, and the file is in force', async () => {
    const problems = await problemsOf(
      FINE.replace('model:', 'colour: red\nmodel:').replace('attempts: 3', 'attempts: 2'),
    );
    expect(problems).toMatchObject([
      { rule: 'unknown-key', line: 4, severity: 'warning', message: '"colour" means nothing here' },
    ]);
    expect((await desk.client.agents.get({ name: 'parrot' })).attempts).toBe(2);
    await expectWork(desk);
  });

  it.each([
    ['a directive that is none', 'pause agent=parrot', 'paws agent=parrot', 8, 'Write pause.'],
    ['a span that is none', 'for=30m', 'for=soon', 8, 'Write for example 30s, 5m or 2h.'],
    ['YAML that is none', 'title: Quiet the parrot', 'title: [Quiet', 4, 'Mend this line.'],
  ])('a runbook by %s: it says where, the last good version stays', async (_what, from, to, line, fix) => {
    const before = await desk.client.runbooks.get({ name: 'quiet' });
    writeFileSync(runbook, RUNBOOK.replace(from, to));
    const errors = await until(async () => {
      const found = await runbookErrors();
      return found.length > 0 && found;
    });
    expect(errors).toMatchObject([{ line, fix, message: expect.stringMatching(/^[^\n]+$/) }]);
    const after = await desk.client.runbooks.get({ name: 'quiet' });
    expect({ ...after, problems: [] }).toEqual({ ...before, problems: [] });
    await expectWork(desk);
  });
});

describe('a file that is broken when the desk starts', () => {
  it('is said in the log; tasks of its agent wait, and go on when it is mended', async () => {
    const folder = fineFolder();
    const file = join(folder, 'agents/parrot/agent.md');
    let desk = await startDesk(folder);
    await desk.client.actions.execute({ action: { verb: 'pause', agent: 'parrot' }, key: 'pause-parrot' });
    const { id } = await desk.client.tasks.submit({ agent: 'parrot', input: { word: 'hello' } });
    await desk.close();
    writeFileSync(file, FINE.replace('attempts: 3', 'attempts: many'));
    desk = await startDesk(folder);
    try {
      expect(logOf(folder).filter((message) => message.startsWith(`${file}:7:`))).toHaveLength(1);
      expect(await desk.client.tasks.get({ id })).toMatchObject({ state: 'queued' });
      writeFileSync(file, FINE);
      await until(async () => (await desk.client.agents.problems()).length === 0);
      await desk.client.actions.execute({ action: { verb: 'resume', agent: 'parrot' }, key: 'resume-parrot' });
      await until(async () => (await desk.client.tasks.get({ id })).state === 'succeeded');
    } finally {
      await desk.close();
    }
  });
});

describe('a request that does not fit', () => {
  let desk: TestDesk;
  let address: string;
  let token: string;
  beforeAll(async () => {
    desk = await startDesk(fineFolder());
    ({ address, token } = findDesk(desk.folder) ?? { address: '', token: '' });
  });
  afterAll(() => desk.close());

  it.each([
    ['garbage', 'hello'],
    ['JSON that is no message', '{"i":1}'],
    ['bytes', Buffer.from([0xff, 0, 1])],
  ])('over RPC, %s: that connection is told and closed, in one line', async (_what, frame) => {
    const bad = await openSocket(address, { authorization: `Bearer ${token}` });
    const before = logOf(desk.folder).length;
    bad.send(frame);
    const [code, reason] = (await once(bad, 'close')) as [number, Buffer];
    expect([code, String(reason)]).toEqual([1007, expect.stringMatching(/^a frame was /)]);
    expect(logOf(desk.folder).slice(before)).toEqual([expect.stringContaining(`was closed: ${reason}`)]);
    await expectWork(desk);
  });

  it('over RPC, a call that there is not: the connection goes on', async () => {
    const socket = await openSocket(address, { authorization: `Bearer ${token}` });
    socket.send(JSON.stringify({ i: '1', p: { u: '/tasks/destroy', b: { json: {} } } }));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(String(answer))).toMatchObject({ i: '1', p: { s: 404 } });
    socket.send(JSON.stringify({ i: '2', p: { u: '/about' } }));
    const [about] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(String(about))).toMatchObject({ i: '2', p: { b: { json: { dataFolder: desk.folder } } } });
    socket.close();
  });

  it('over RPC, an input of another shape: it says where', async () => {
    const error = await desk.client.tasks.submit({ agent: 'Not a name', input: {} }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'BAD_REQUEST',
      data: { issues: [{ path: ['agent'], message: expect.any(String) }] },
    });
    await expectWork(desk);
  });

  const json = { 'content-type': 'application/json' };
  it.each([
    ['a body that is not JSON', '{"word":', json, 422, 'BAD_INPUT', 'POST /v1/agents/parrot/tasks'],
    [
      'a body that is too large',
      JSON.stringify({ word: 'x'.repeat(2 ** 20) }),
      json,
      413,
      'BAD_INPUT',
      'POST /v1/agents/parrot/tasks',
    ],
    [
      'a body of another kind',
      'word=hello',
      { 'content-type': 'text/csv' },
      415,
      'BAD_INPUT',
      'POST /v1/agents/parrot/tasks',
    ],
    ['an input that its schema refuses', '{"word":7}', json, 422, 'BAD_INPUT', 'input.word'],
    ['no input where one is required', '{}', json, 422, 'BAD_INPUT', 'input.word'],
    ['no token', '{"word":"hi"}', { ...json, authorization: '' }, 401, 'UNAUTHORIZED', undefined],
    ['a wrong token', '{"word":"hi"}', { ...json, authorization: 'Bearer wrong' }, 401, 'UNAUTHORIZED', undefined],
  ])('over HTTP, %s: one answer says what, where and what to do', async (_what, body, headers, status, code, where) => {
    const tasks = async () => (await desk.client.tasks.list({ limit: 1 })).total;
    const before = await tasks();
    const answer = await fetch(`${address}/v1/agents/parrot/tasks`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    expect(answer.status).toBe(status);
    const failure = (await answer.json()) as Record<string, string>;
    expect(failure).toMatchObject({ code, ...(where === undefined ? {} : { where }) });
    for (const said of [failure.message, failure.kept, failure.todo]) expect(said).toMatch(/^[^\n]+$/);
    expect(await tasks()).toBe(before);
    await expectWork(desk);
  });

  it('leaves no secret in the log, whatever was refused', () => {
    const log = readFileSync(join(desk.folder, 'desk.log'), 'utf8');
    const key = readFileSync(join(desk.folder, 'desk.key'), 'utf8').trim();
    const ticket = new URL(desk.address).searchParams.get('token') ?? '';
    expect(ticket).not.toBe('');
    for (const secret of [token, key, ticket]) expect(log).not.toContain(secret);
  });
});

describe('a database that is damaged when the desk starts', () => {
  let desk: TestDesk | undefined;
  afterEach(() => desk?.close());

  const damages: Record<string, (file: string) => void> = {
    'was cut short': (file) => truncateSync(file, 8_192),
    'begins with garbage': (file) => {
      const bytes = readFileSync(file);
      writeFileSync(file, Buffer.concat([Buffer.alloc(100, 'garbage'), bytes.subarray(100)]));
    },
    'has pages of garbage': (file) => {
      const bytes = readFileSync(file);
      writeFileSync(
        file,
        bytes.map((byte, index) => (index < 4_096 ? byte : byte ^ 0xff)),
      );
    },
  };

  it.each(Object.keys(damages))('because it %s: it is kept aside, that is said, and the desk works', async (how) => {
    const folder = fineFolder();
    const file = join(folder, 'nightdesk.db');
    desk = await startDesk(folder);
    await expectWork(desk);
    await desk.close();
    rmSync(join(folder, 'desk.log'));
    damages[how]?.(file);
    const damaged = readFileSync(file);

    desk = await startDesk(folder);
    const kept = readdirSync(folder).filter((name) => /^nightdesk\.db\.damaged-\d+$/.test(name));
    expect(kept).toHaveLength(1);
    expect(readFileSync(join(folder, kept[0] ?? '')).equals(damaged)).toBe(true);
    expect(logOf(folder).filter((message) => message.includes('damaged'))).toEqual([
      `The database was found damaged at start. It is kept at ${join(folder, kept[0] ?? '')}; there was no backup, and a new one was begun.`,
    ]);
    for await (const frame of await desk.client.board.watch({ window: '1h' })) {
      if (frame.kind !== 'snapshot') continue;
      expect(frame.state.desk.desk?.troubles).toEqual([expect.stringContaining(kept[0] ?? 'kept')]);
      break;
    }
    await expectWork(desk);
  });

  it('is told apart from one that cannot be opened: that is left alone, and the desk says why it does not start', async () => {
    const folder = fineFolder();
    mkdirSync(join(folder, 'nightdesk.db'));
    await expect(startDesk(folder)).rejects.toThrow(/nightdesk\.db cannot be opened: [^\n]+/);
    expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toEqual([]);
  });
});
