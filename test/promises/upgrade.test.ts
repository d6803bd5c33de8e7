import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../electron/store/open.ts';
import { startRunner, TEST_AGENTS, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

const RELEASED = readFileSync(new URL('../support/released/schema-3.sql', import.meta.url), 'utf8');
const PINNED = fileURLToPath(new URL('../support/pinned-agents', import.meta.url));
const OLD_HASH = '5f'.repeat(32);
const DELETED = 'the agent is gone';

let folder: string;
let desk: TestRunner | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-upgrade-'));
});
afterEach(async () => {
  await desk?.close();
  desk = undefined;
});

describe('a database that the released schema 3 wrote', () => {
  beforeEach(() => {
    const db = new Database(join(folder, 'nightdesk.db'));
    db.pragma('journal_mode = WAL');
    db.exec(RELEASED.replaceAll('@AGENTS@', TEST_AGENTS));
    db.close();
  });

  it('is brought to this schema with everything it held', () => {
    const opened = openDatabase(folder, Date.now());
    if (!opened.ok) throw new Error(opened.error.message);
    const { db, damage } = opened.value;
    expect(damage).toBeNull();
    const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    expect(['task', 'step', 'attempt', 'lane', 'incident', 'alert', 'action_key'].map(count)).toEqual([
      6, 3, 1, 1, 1, 1, 1,
    ]);
    expect(db.prepare('SELECT intake_reason, set_until FROM lane').get()).toEqual({
      intake_reason: null,
      set_until: null,
    });
    expect(db.pragma('quick_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
  });

  it('with tasks in flight: they go on by the definition they were pinned to, and finished steps are not run again', async () => {
    desk = startRunner(folder, 1);
    const { runner } = desk;
    const now = await desk.end('t2');
    expect(now).toMatchObject({ state: 'succeeded', attempts: 2, definition: OLD_HASH });
    // The journal of the version before had this result; computed anew it would be 4.
    expect(now.output).toEqual({ doubled: 2_000 });
    expect(now.attemptList.map((attempt) => attempt.outcome)).toEqual(['lost', 'succeeded']);
    expect(await desk.end('t3')).toMatchObject({ state: 'succeeded', output: { doubled: 6 } });
    expect(runner.definition('one-step')?.hash).toBe((await desk.end('t3')).definition);
    expect(await desk.end('t4')).toMatchObject({ state: 'succeeded', attempts: 2, definition: OLD_HASH });
    expect(runner.task('t5')).toMatchObject({ ok: true, value: { state: 'in-doubt', doubts: [{ step: 'send' }] } });
    expect(runner.task('t6')).toMatchObject({ ok: true, value: { state: 'failed' } });
    expect(runner.snapshot().lanes.find((lane) => lane.agent === 'two-effects')?.intake).toBe('paused');
    const [again] = await runner.submit([{ agent: 'one-step', input: { n: 1 }, key: 'one' }]);
    expect(again).toMatchObject({ ok: true, value: { id: 't1', duplicate: true } });
  });
});

describe('a database of a newer schema', () => {
  it('is refused in one clear line and not touched', () => {
    const db = new Database(join(folder, 'nightdesk.db'));
    db.pragma('user_version = 99');
    db.close();
    const before = readFileSync(join(folder, 'nightdesk.db'));
    expect(openDatabase(folder, Date.now())).toMatchObject({
      ok: false,
      error: {
        code: 'STORAGE',
        message: expect.stringMatching(
          /has schema 99, this Nightdesk knows \d+: it was written by a newer version; install that one$/,
        ),
        kept: 'The file was not touched.',
      },
    });
    expect(readFileSync(join(folder, 'nightdesk.db'))).toEqual(before);
  });
});

describe('agent files edited or deleted while tasks are in flight', () => {
  let agents: string;
  let go: string;
  beforeEach(() => {
    agents = join(folder, 'agents');
    go = join(folder, 'go');
    cpSync(PINNED, agents, { recursive: true });
  });

  const begin = () => startRunner(folder, 2, { agentFolders: [agents] });
  const hash = () => desk?.runner.definition('pinned')?.hash ?? DELETED;

  async function begun(dieFirst: boolean): Promise<string> {
    const id = (await desk?.submit('pinned', { go, dieFirst })) ?? '';
    await until(() => {
      const task = desk?.runner.task(id);
      return task?.ok && task.value.steps.some((step) => step.name === 'first');
    });
    return id;
  }

  async function edit(): Promise<void> {
    const before = hash();
    const at = (path: string) => join(agents, 'pinned', path);
    writeFileSync(at('words/version.ts'), `export const version = 'version 2';\n`);
    writeFileSync(at('words/late.ts'), `export const late = 'late 2';\n`);
    writeFileSync(at('agent.ts'), readFileSync(at('agent.ts'), 'utf8').replace(`'own 1'`, `'own 2'`));
    await until(() => desk === undefined || hash() !== before);
  }

  it('an edit of a file that agent.ts imports is another definition', async () => {
    desk = begin();
    await begun(false);
    const before = hash();
    writeFileSync(join(agents, 'pinned/words/late.ts'), `export const late = 'other';\n`);
    await until(() => hash() !== before);
    writeFileSync(go, '');
    const id = await begun(false);
    expect((await desk.end(id)).output).toEqual(['own 1', 'version 1', 'other']);
  });

  it('an attempt that runs is not touched by the edit, the next task runs what was written', async () => {
    desk = begin();
    const id = await begun(false);
    await edit();
    const next = await begun(false);
    writeFileSync(go, '');
    expect((await desk.end(id)).output).toEqual(['own 1', 'version 1', 'late 1']);
    expect((await desk.end(next)).output).toEqual(['own 2', 'version 2', 'late 2']);
  });

  it('an attempt after a crash runs what the first one ran', async () => {
    desk = begin();
    const id = await begun(true);
    await edit();
    writeFileSync(go, '');
    expect(await desk.end(id)).toMatchObject({ attempts: 2, output: ['own 1', 'version 1', 'late 1'] });
  });

  it('so does one after a restart of the desk in between, with the files edited while it was down', async () => {
    desk = begin();
    const id = await begun(true);
    await desk.close();
    desk = undefined;
    await edit();
    desk = begin();
    writeFileSync(go, '');
    expect((await desk.end(id)).output).toEqual(['own 1', 'version 1', 'late 1']);
  });

  it('a task that had started ends though its agent was deleted; one that had not waits for it', async () => {
    desk = begin();
    const id = await begun(true);
    const { runner } = desk;
    const later = await desk.runner.submit([
      { agent: 'pinned', input: { go, dieFirst: false }, runAt: Date.now() + 3_000 },
    ]);
    rmSync(join(agents, 'pinned'), { recursive: true });
    await until(() => hash() === DELETED);
    writeFileSync(go, '');
    expect(await desk.end(id)).toMatchObject({ attempts: 2, output: ['own 1', 'version 1', 'late 1'] });
    const waiting = later[0]?.ok ? later[0].value.id : '';
    await until(() => {
      const task = runner.task(waiting);
      return task.ok && task.value.state === 'queued';
    });
    cpSync(join(PINNED, 'pinned'), join(agents, 'pinned'), { recursive: true });
    expect((await desk.end(waiting)).output).toEqual(['own 1', 'version 1', 'late 1']);
  });
});
