import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { type Finding, findingSchema, restoredSchema } from '#contract/backup.ts';
import { troublesOf } from '../support/board.ts';
import { dataFolder, runCli, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestDesk | undefined;
afterEach(async () => {
  await desk?.close();
  desk = undefined;
});

const job = (n: number) => ({ agent: 'one-step', input: { n }, key: `job-${n}` });
const isOver = async (id: string) => (await desk?.client.tasks.get({ id }))?.endedAt !== null;

function tasksIn(file: string): { id: number; state: string }[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare<[], { id: number; state: string }>('SELECT id, state FROM task ORDER BY id').all();
  } finally {
    db.close();
  }
}

describe('a backup of a desk that runs', () => {
  it('holds everything that was committed before it, and is listed when it was found whole', async () => {
    desk = await startDesk(dataFolder(TEST_AGENTS));
    const { client, folder } = desk;
    const { id } = await client.tasks.submit(job(1));
    await until(() => isOver(id));
    expect((await client.backups.list()).backups).toEqual([]);
    const made = await client.backups.make();
    expect((await client.backups.list()).backups).toEqual([made]);
    expect(tasksIn(made.file)).toEqual([{ id: 1, state: 'succeeded' }]);
    expect(readdirSync(join(folder, 'backups'))).toEqual([made.name]);
  });

  it('is written beside commits: tasks go on while it is made, and it never holds half of one', async () => {
    desk = await startDesk(dataFolder(TEST_AGENTS));
    const { client } = desk;
    const submitted = Promise.all(Array.from({ length: 300 }, (_, n) => client.tasks.submit(job(n))));
    const made = await client.backups.make();
    await submitted;
    const again = await client.backups.make();
    expect(tasksIn(made.file).length).toBeLessThanOrEqual(300);
    expect(tasksIn(again.file)).toHaveLength(300);
    await until(async () => (await client.tasks.list({ state: ['succeeded'], limit: 1 })).total === 300);
  });

  it('is made on schedule, and as many are kept as the settings say', async () => {
    const folder = dataFolder(TEST_AGENTS);
    writeFileSync(join(folder, 'nightdesk.yaml'), 'backup: { every: 200ms, keep: 2 }\n');
    desk = await startDesk(folder);
    const { client } = desk;
    const first = await until(async () => (await client.backups.list()).backups[0]);
    await until(async () => {
      const { backups } = await client.backups.list();
      return backups.length === 2 && backups.every((backup) => backup.at > first.at);
    });
    expect(existsSync(first.file)).toBe(false);
  });

  it('that fails says why on the board, and the desk goes on', async () => {
    desk = await startDesk(dataFolder(TEST_AGENTS));
    const { client, folder } = desk;
    writeFileSync(join(folder, 'backups'), 'a file where the folder should be');
    await expect(client.backups.make()).rejects.toMatchObject({ code: 'STORAGE' });
    expect(await troublesOf(desk)).toContain('The last backup failed. The backup');
    const { id } = await client.tasks.submit(job(1));
    await until(() => isOver(id));
    rmSync(join(folder, 'backups'));
    await client.backups.make();
    expect((await client.backups.list()).problem).toBeNull();
  });

  it('goes where the command line says, from a desk that runs and from one that does not', async () => {
    const folder = dataFolder(TEST_AGENTS);
    desk = await startDesk(folder);
    const { id } = await desk.client.tasks.submit(job(1));
    await until(() => isOver(id));
    const [one, two] = [join(folder, 'one.db'), join(folder, 'two.db')];
    expect(await desk.cli('backup', '--to', one)).toMatchObject({ code: 0 });
    expect(await desk.cli('backup', '--to', one)).toMatchObject({ code: 2 });
    await desk.close();
    desk = undefined;
    expect(await runCli(folder, 'backup', '--to', two)).toMatchObject({ code: 0 });
    expect(tasksIn(one)).toEqual(tasksIn(two));
  });
});

describe('nightdesk restore', () => {
  it('puts a backup in place, keeps the present file aside, and pauses agents whose open tasks may have run since', async () => {
    const folder = dataFolder(TEST_AGENTS);
    desk = await startDesk(folder);
    await desk.client.actions.execute({ action: { verb: 'pause', agent: 'one-step' }, key: 'pause-before' });
    const open = await desk.client.tasks.submit(job(1));
    const made = await desk.client.backups.make();
    await desk.client.actions.execute({ action: { verb: 'resume', agent: 'one-step' }, key: 'resume-after' });
    await until(() => isOver(open.id));
    const later = await desk.client.tasks.submit(job(2));

    const refused = await desk.cli('restore', made.file, '--json');
    expect(refused).toMatchObject({ code: 4 });
    expect(refused.out).toContain('A desk already runs');
    await desk.close();

    const { code, out } = await runCli(folder, 'restore', made.file, '--json');
    expect(code).toBe(0);
    const restored = restoredSchema.parse(JSON.parse(out));
    expect(restored).toMatchObject({ from: made.file, paused: ['one-step'] });
    expect(tasksIn(restored.keptAside ?? '')).toHaveLength(2);

    desk = await startDesk(folder);
    expect(await desk.client.tasks.get({ id: open.id })).toMatchObject({ state: 'queued' });
    await expect(desk.client.tasks.get({ id: later.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await desk.client.agents.get({ name: 'one-step' })).intake).toBe('paused');
    await desk.client.actions.execute({ action: { verb: 'resume', agent: 'one-step' }, key: 'resume-restored' });
    await until(() => isOver(open.id));
  });

  it('refuses what is not a good backup, and leaves the database as it was', async () => {
    const folder = dataFolder(TEST_AGENTS);
    desk = await startDesk(folder);
    const { id } = await desk.client.tasks.submit(job(1));
    await until(() => isOver(id));
    await desk.close();
    desk = undefined;
    const bad = join(folder, 'bad.db');
    writeFileSync(bad, 'not a database'.repeat(1_000));
    expect(await runCli(folder, 'restore', bad)).toMatchObject({ code: 7 });
    expect(await runCli(folder, 'restore', join(folder, 'none.db'))).toMatchObject({ code: 2 });
    expect(tasksIn(join(folder, 'nightdesk.db'))).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.includes('replaced'))).toEqual([]);
  });
});

describe('nightdesk doctor', () => {
  async function examined(folder: string): Promise<{ code: number; of(what: Finding['what']): Finding | undefined }> {
    const { code, out } = await runCli(folder, 'doctor', '--json');
    const { findings } = JSON.parse(out) as { findings: unknown[] };
    const read = findings.map((each) => findingSchema.parse(each));
    return { code, of: (what) => read.find((finding) => finding.what === what) };
  }

  it('finds nothing bad with a desk that runs', async () => {
    desk = await startDesk(dataFolder(TEST_AGENTS));
    await desk.client.backups.make();
    const { code, of } = await examined(desk.folder);
    expect(code).toBe(0);
    expect(of('lock')?.says).toContain('a desk runs at http://127.0.0.1');
    for (const what of ['node', 'folder', 'database', 'wal', 'backups', 'settings', 'agents'] as const) {
      expect(of(what)).toMatchObject({ state: 'good', todo: null });
    }
  });

  it('says what is wrong and what to do, and exits with 1', async () => {
    const folder = dataFolder(TEST_AGENTS);
    desk = await startDesk(folder);
    await desk.kill();
    desk = undefined;
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'nightdesk.db'), 'no database any more'.repeat(1_000));
    for (const end of ['-wal', '-shm']) rmSync(join(folder, `nightdesk.db${end}`), { force: true });
    writeFileSync(join(folder, 'nightdesk.yaml'), 'backups: { every: 1d }\n');
    writeFileSync(join(folder, 'agents/broken.md'), 'no front matter');
    const { code, of } = await examined(folder);
    expect(code).toBe(1);
    expect(of('lock')?.says).toContain('taken over');
    expect(of('folder')).toMatchObject({ state: 'warning', todo: expect.stringContaining(`chmod 700 ${folder}`) });
    expect(of('database')).toMatchObject({ state: 'bad', todo: expect.stringContaining('nightdesk restore') });
    expect(of('backups')).toMatchObject({ state: 'warning', todo: expect.stringContaining('nightdesk backup') });
    expect(of('settings')).toMatchObject({ state: 'bad', says: expect.stringContaining('nightdesk.yaml:1:1') });
    expect(of('agents')).toMatchObject({ state: 'bad', says: expect.stringContaining('broken.md:1') });
  });
});
