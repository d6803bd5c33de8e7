import { closeSync, existsSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { troublesOf } from '../support/board.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestDesk | undefined;
afterEach(async () => {
  await desk?.close();
  desk = undefined;
});

/** Writes nonsense over the middle of a file, as a failing disk does. */
function damage(file: string): void {
  const bytes = statSync(file).size;
  const handle = openSync(file, 'r+');
  const nonsense = Buffer.alloc(4_096, 0xa5);
  for (let at = 4_096; at < bytes; at += 8_192) writeSync(handle, nonsense, 0, Math.min(4_096, bytes - at), at);
  closeSync(handle);
}

async function doneTask(running: TestDesk, n: number): Promise<string> {
  const { id } = await running.client.tasks.submit({ agent: 'one-step', input: { n }, key: `job-${n}` });
  await until(async () => (await running.client.tasks.get({ id })).endedAt !== null);
  return id;
}

describe('a database found damaged at start', () => {
  it('is kept aside; the newest good backup stands in its place, and the board says since when all is lost', async () => {
    const folder = dataFolder(TEST_AGENTS);
    desk = await startDesk(folder);
    const first = await doneTask(desk, 1);
    const good = await desk.client.backups.make();
    const second = await doneTask(desk, 2);
    // A newer backup that rotted on the disk is passed over.
    const rotten = await desk.client.backups.make();
    await desk.close();
    damage(rotten.file);
    damage(join(folder, 'nightdesk.db'));

    desk = await startDesk(folder);
    const said = await troublesOf(desk);
    expect(said).toContain('The database was found damaged at start. It is kept at');
    expect(said).toContain(`the backup of ${new Date(good.at).toISOString()} stands in its place`);
    const { damage: told } = await desk.client.database.get();
    expect(told).toMatchObject({ restored: { file: good.file } });
    expect(existsSync(told?.keptAside ?? '')).toBe(true);
    expect(await desk.client.tasks.get({ id: first })).toMatchObject({ state: 'succeeded' });
    await expect(desk.client.tasks.get({ id: second })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await doneTask(desk, 3);
  });

  it('with tasks open in the backup: their agents are paused, for a person to say whether they run again', async () => {
    const folder = dataFolder(TEST_AGENTS);
    const hold = join(folder, 'hold');
    writeFileSync(hold, '');
    desk = await startDesk(folder);
    const { client } = desk;
    const { id } = await client.tasks.submit({
      agent: 'two-effects',
      input: { n: 1, recovery: 'manual', holdAfter: true },
      key: 'held',
    });
    await until(async () => (await client.tasks.get({ id })).steps.some((step) => step.state === 'intent'));
    await client.backups.make();
    rmSync(hold);
    await until(async () => (await client.tasks.get({ id })).endedAt !== null);
    await desk.close();
    damage(join(folder, 'nightdesk.db'));

    desk = await startDesk(folder);
    expect((await desk.client.agents.get({ name: 'two-effects' })).intake).toBe('paused');
    expect((await desk.client.agents.get({ name: 'one-step' })).intake).toBe('open');
    expect(await desk.client.tasks.get({ id })).toMatchObject({ state: 'queued' });
    // Once resumed its effect, which has no check, is not done again: a person is asked.
    await desk.client.actions.execute({ action: { verb: 'resume', agent: 'two-effects' }, key: 'resume-it' });
    const after = desk;
    await until(async () => (await after.client.tasks.get({ id })).state === 'in-doubt');
  });

  it('without any backup: it is kept aside, a new one is begun, and the board says so', async () => {
    const folder = dataFolder(TEST_AGENTS);
    desk = await startDesk(folder);
    await doneTask(desk, 1);
    await desk.close();
    damage(join(folder, 'nightdesk.db'));
    desk = await startDesk(folder);
    expect(await troublesOf(desk)).toContain('there was no backup, and a new one was begun');
    expect(readdirSync(folder).some((name) => name.startsWith('nightdesk.db.damaged-'))).toBe(true);
    await doneTask(desk, 1);
  });
});
