import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, runCli, startDesk } from '../support/desk.ts';
import { EVERYTHING } from '../support/mcp/index.ts';
import { until } from '../support/until.ts';
import { documentOf, errorOf } from './answer.ts';

/** The build that npm test makes first. */
const CLI = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url));
const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/** A folder outside the repository, with a model loop and a code agent in it as `agent new` writes them. */
let team: string;
const data = dataFolder();
const nightdesk = (...words: string[]) => runCli(data, ...words);
const scratch = () => mkdtempSync(join(tmpdir(), 'nightdesk-test-'));

beforeAll(async () => {
  team = scratch();
  await nightdesk('agent', 'new', 'sorter', '--dir', team);
  await nightdesk('agent', 'new', 'sorter-code', '--code', '--dir', team);
});

/** The sorter with one of its files changed. */
async function changed(file: string, change: (text: string) => string): Promise<string> {
  const parent = scratch();
  await nightdesk('agent', 'new', 'sorter', '--dir', parent);
  const path = join(parent, 'sorter', file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return join(parent, 'sorter');
}

/** What check finds wrong, without the folder. */
async function problemsOf(folder: string, checkedIn = data) {
  const checked = await runCli(checkedIn, 'agent', 'check', folder, '--json');
  const { problems } = documentOf('agent check', checked);
  return problems.map(({ file, line, column, severity, rule, message }) => ({
    at: `${file.slice(folder.length + 1)}:${line}:${column}`,
    severity,
    rule,
    message,
  }));
}

describe('agent new', () => {
  it('writes an agent that passes its check at once', async () => {
    const checked = documentOf('agent check', await nightdesk('agent', 'check', team, '--json'));
    expect(checked).toMatchObject({ errors: 0, warnings: 0, agents: [{ name: 'sorter' }, { name: 'sorter-code' }] });
  });

  it('type checks where it stands, with nothing installed', () => {
    const run = spawnSync(process.execPath, [TSC, '-p', join(team, 'tsconfig.json')], { encoding: 'utf8' });
    expect({ status: run.status, out: run.stdout }).toEqual({ status: 0, out: '' });
    writeFileSync(
      join(team, 'wrong.ts'),
      "import { defineTool } from 'nightdesk/agent';\ndefineTool({ description: 1 });\n",
    );
    const wrong = spawnSync(process.execPath, [TSC, '-p', join(team, 'tsconfig.json')], { encoding: 'utf8' });
    expect(wrong.stdout).toMatch(/wrong\.ts\(2,\d+\): error TS/);
  });

  it('writes nothing over an agent that is there', async () => {
    const again = errorOf(await nightdesk('agent', 'new', 'sorter', '--dir', team, '--json'));
    expect(again).toMatchObject({ exit: 4, kept: 'Nothing was written.', where: join(team, 'sorter') });
  });

  it('writes into the data folder, where a desk finds it', async () => {
    const folder = dataFolder();
    const made = documentOf('agent new', await runCli(folder, 'agent', 'new', 'mine', '--json'));
    expect(made.folder).toBe(join(folder, 'agents', 'mine'));
    expect((await runCli(folder, 'agent', 'check', 'mine')).out).toBe('1 agent, 0 errors, 0 warnings\n');
  });
});

describe('agent check', () => {
  it.each([
    [
      'front matter with a key of no version',
      'agent.md',
      (text: string) => text.replace('limits:', 'limit:'),
      { at: 'agent.md:11:3', rule: 'unknown-key', severity: 'error' },
    ],
    [
      'a tool that tools.ts lacks',
      'agent.md',
      (text: string) => text.replace('[kinds.lookup, ', '[kinds.lookup, kinds.find, '),
      { at: 'agent.md:5:23', rule: 'tool', message: 'there is no tool "kinds.find"' },
    ],
    [
      'code that is no TypeScript',
      'tools.ts',
      (text: string) => text.replace('const URGENCY = {', 'const URGENCY = {{'),
      { at: expect.stringMatching(/^tools\.ts:5:\d+$/), rule: 'code' },
    ],
    [
      'code that fails when it is loaded',
      'rehearsal.ts',
      (text: string) => `${text}\nthrow new Error('not today');\n`,
      { at: expect.stringMatching(/^rehearsal\.ts:16:\d+$/), rule: 'code', message: 'not today' },
    ],
    [
      'an export that is no tool',
      'tools.ts',
      (text: string) => text.replace("description: 'Says", "text: 'Says").replace('run: (input)', 'go: (input: never)'),
      { at: 'tools.ts:1:1', rule: 'code', message: expect.stringContaining('a tool has description') },
    ],
    [
      'a schema that is none',
      'input.schema.json',
      () => '{ "type": ',
      { at: 'agent.md:8:10', rule: 'file', message: expect.stringContaining('input.schema.json') },
    ],
    [
      'a fixture that does not fit',
      'fixtures/02.json',
      () => '{ "id": "M-2" }',
      { at: 'fixtures/02.json:1:1', rule: 'fixture', message: expect.stringContaining('text') },
    ],
    [
      'a canary whose input is not there',
      'agent.md',
      (text: string) => text.replace('  retry:', '  canary: { every: 1h, input: 09.json, expect: {} }\n  retry:'),
      { at: 'agent.md:10:31', rule: 'canary', message: 'there is no fixtures/09.json' },
    ],
    [
      'an approval of what is no tool',
      'agent.md',
      (text: string) => text.replace('  retry:', '  approval: [tickets.close]\n  retry:'),
      { at: 'agent.md:10:14', rule: 'effect', message: '"tickets.close" is not among the tools' },
    ],
    [
      'a reconciled effect without check(key)',
      'tools.ts',
      (text: string) => text.replace("effect: 'idempotent'", "effect: 'reconcile'"),
      { at: 'tools.ts:1:1', rule: 'effect' },
    ],
    [
      'a secret that is nowhere',
      'agent.md',
      (text: string) => text.replace('  retry:', '  secrets: [no-such-secret]\n  retry:'),
      { at: 'agent.md:10:13', rule: 'secret', severity: 'warning' },
    ],
    [
      'a server that settings do not have',
      'agent.md',
      (text: string) => text.replace('tickets.file]', 'tickets.file, mcp:mail/send]'),
      { at: 'agent.md:5:37', rule: 'mcp', message: expect.stringContaining('no MCP server "mail"') },
    ],
  ])('finds %s, and where', async (_what, file, change, expected) => {
    const problems = await problemsOf(await changed(file, change));
    expect(problems).toEqual([expect.objectContaining(expected)]);
  });

  it('starts MCP servers, and finds the tools they lack', async () => {
    const folder = dataFolder();
    writeFileSync(
      join(folder, 'nightdesk.yaml'),
      `mcp:\n  all: { command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(EVERYTHING)}] }\n`,
    );
    const there = await changed('agent.md', (text) => text.replace('tickets.file]', 'tickets.file, mcp:all/echo]'));
    expect(await problemsOf(there, folder)).toEqual([]);
    const gone = await changed('agent.md', (text) => text.replace('tickets.file]', 'tickets.file, mcp:all/shout]'));
    expect(await problemsOf(gone, folder)).toEqual([
      expect.objectContaining({ at: 'agent.md:5:37', message: expect.stringContaining('it has: echo') }),
    ]);
  });

  it('says it in words, with what would be right, and fails', async () => {
    const folder = await changed('agent.md', (text) => text.replace('[kinds.lookup, ', '[kinds.find, '));
    const checked = await nightdesk('agent', 'check', folder);
    expect(checked.code).toBe(1);
    expect(checked.out).toContain(`${join(folder, 'agent.md')}:5:9 error there is no tool "kinds.find"; tools.ts has:`);
    expect(checked.out).toContain('1 agent, 1 error, 1 warning');
  });

  it('of a name that is nowhere says which there are', async () => {
    expect(errorOf(await nightdesk('agent', 'check', 'nobody', '--json'))).toMatchObject({
      exit: 3,
      next: expect.stringContaining('invoice-triage'),
    });
  });
});

describe('agent try', () => {
  it('runs it once in rehearsal and shows how it went', async () => {
    const tried = await nightdesk('agent', 'try', join(team, 'sorter'));
    expect(tried.code).toBe(0);
    expect(tried.err).toContain('Its rehearsal script plays the model.');
    expect(tried.out).toMatch(/Attempt 1: succeeded/);
    expect(tried.out).toMatch(/effect {2}tickets\.file 2\.1/);
    expect(tried.out).toMatch(/anthropic\/claude-sonnet-4-5, rehearsed: 300 tokens in, 40 out/);
    expect(tried.out).toContain('"kind": "question"');
  });

  it('runs a code agent on the fixture that is named, as a document', async () => {
    const tried = await nightdesk('agent', 'try', 'sorter-code', '--agents', team, '--fixture', '02', '--json');
    expect(tried.code).toBe(0);
    const document = documentOf('agent try', tried);
    expect(document).toMatchObject({ agent: 'sorter-code', fixture: '02.json', real: false });
    expect(document.task).toMatchObject({ state: 'succeeded', output: { kind: 'complaint' }, marks: ['rehearsal'] });
  });

  it('of one that fails shows why, and fails', async () => {
    const folder = await changed('tools.ts', (text) =>
      text.replace('return { ticket:', "throw new Error('the ticket system is away');\n      return { ticket:"),
    );
    const file = join(folder, 'agent.md');
    writeFileSync(file, readFileSync(file, 'utf8').replace('attempts: 5, initial: 1s', 'attempts: 2, initial: 10ms'));
    const tried = await nightdesk('agent', 'try', folder);
    expect(tried.code).toBe(1);
    expect(tried.out).toContain('Attempt 2: failed');
    expect(tried.out).toContain('the ticket system is away');
  });

  it('leaves no task of its own anywhere, and refuses what cannot be run', async () => {
    const none = errorOf(await nightdesk('agent', 'try', join(team, 'sorter'), '--fixture', '09', '--json'));
    expect(none).toMatchObject({ exit: 2, next: expect.stringContaining('01.json, 02.json') });
    const both = errorOf(await nightdesk('agent', 'try', team, '--json'));
    expect(both).toMatchObject({ exit: 2, message: expect.stringContaining('2 agents') });
    const broken = await changed('agent.md', (text) => text.replace('limits:', 'limit:'));
    expect(errorOf(await nightdesk('agent', 'try', broken, '--json'))).toMatchObject({
      exit: 7,
      where: `${join(broken, 'agent.md')}:11:3`,
    });
  });
});

describe('where Node cannot strip types', () => {
  it('the built command runs TypeScript all the same', () => {
    const words = ['--no-strip-types', CLI, 'agent', 'try', join(team, 'sorter-code'), '--json'];
    const run = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect(JSON.parse(run.stdout)).toMatchObject({ task: { state: 'succeeded', output: { kind: 'question' } } });
  });
});

describe('a desk with --agents', () => {
  it('runs those of the folders that its settings name, from the moment that they do', async () => {
    const folder = dataFolder();
    const desk = await startDesk(folder, '--rehearsal', '0');
    try {
      expect((await desk.client.agents.list()).map(({ name }) => name)).not.toContain('sorter-code');
      writeFileSync(join(folder, 'nightdesk.yaml'), `agents: [${JSON.stringify(team)}]\n`);
      await until(async () => (await desk.client.agents.list()).some(({ name }) => name === 'sorter-code'));
      const { id } = await desk.client.tasks.submit({ agent: 'sorter-code', input: { id: 'M-7', text: 'Why?' } });
      expect(await desk.client.tasks.wait({ id, withinMs: 60_000 })).toMatchObject({ output: { kind: 'question' } });
    } finally {
      await desk.close();
    }
  });

  it('runs agents of a folder outside the repository, and takes up what is written there later', async () => {
    const folder = dataFolder();
    const parent = scratch();
    await nightdesk('agent', 'new', 'first', '--code', '--dir', parent);
    const desk = await startDesk(folder, '--rehearsal', '0', '--agents', parent, '--agents', team);
    try {
      const input = JSON.stringify({ id: 'M-9', text: 'When?' });
      const file = join(parent, 'input.json');
      writeFileSync(file, input);
      for (const agent of ['first', 'sorter']) {
        const done = await desk.cli('submit', agent, '--input', file, '--wait', '--json');
        expect(documentOf('submit', done).task).toMatchObject({ state: 'succeeded', output: { kind: 'question' } });
      }
      await nightdesk('agent', 'new', 'second', '--dir', parent);
      let code = 1;
      while (code !== 0) code = (await desk.cli('submit', 'second', '--input', file, '--wait')).code;
    } finally {
      await desk.close();
    }
  });
});
