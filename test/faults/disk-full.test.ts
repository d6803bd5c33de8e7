import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { MODEL_AGENTS, TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';
import { startVendor, VENDOR_KEY } from '../support/vendor.ts';

const TASKS = 20;
let desk: TestDesk | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await desk?.close();
});

/** Lets no file of this process take another byte, as a full disk does, or ends that. Its workers are free of it. */
function fillDisk(running: TestDesk, full: boolean): void {
  execFileSync('prlimit', ['--pid', String(running.process.pid), `--fsize=${full ? 0 : 'unlimited'}:unlimited`]);
}

/** What the board says the desk suffers from. */
async function troubles(running: TestDesk): Promise<string[]> {
  for await (const frame of await running.client.board.watch({ window: '1h' })) {
    if (frame.kind === 'snapshot') return frame.state.desk.desk?.troubles ?? [];
  }
  return [];
}

const job = (n: number) => ({
  agent: 'two-effects',
  input: { n, recovery: 'reconcile', holdAfter: true },
  key: `job-${n}`,
});

describe('a disk that is full under a running desk', () => {
  it('refuses what is new, lets running steps wait, and goes on by itself when there is space', async () => {
    const folder = dataFolder(TEST_AGENTS);
    const hold = join(folder, 'hold');
    writeFileSync(hold, '');
    desk = await startDesk(folder);
    const running = desk;
    const { client } = running;
    const accepted = await Promise.all(Array.from({ length: TASKS }, (_, n) => client.tasks.submit(job(n))));
    const first = accepted[0]?.id ?? '';
    await until(async () => (await client.tasks.get({ id: first })).steps.some((step) => step.state === 'intent'));
    const ledger = new Database(join(folder, 'ledger.db'));
    const entries = ledger.prepare<[], { times: number }>('SELECT count(*) AS times FROM entry GROUP BY n, leg');
    await until(() => entries.all().length === TASKS);

    fillDisk(running, true);
    rmSync(hold);
    await until(async () => (await troubles(running)).length > 0);
    expect((await troubles(running)).join()).toMatch(/^The data folder refuses writes \(.+\): running steps wait/);
    const notWritten = { code: 'STORAGE', data: { todo: expect.stringContaining('Free space on the disk') } };
    await expect(client.tasks.submit(job(TASKS))).rejects.toMatchObject(notWritten);
    await expect(
      client.actions.execute({ action: { verb: 'pause', agent: 'two-effects' }, key: 'pause-while-full' }),
    ).rejects.toMatchObject(notWritten);
    await expect(
      client.actions.execute({ action: { verb: 'cancel', task: first }, key: 'cancel-while-full' }),
    ).rejects.toMatchObject(notWritten);
    expect((await client.agents.get({ name: 'two-effects' })).intake).toBe('open');
    expect((await client.tasks.list({ state: ['running'], limit: 1 })).total).toBe(TASKS);

    fillDisk(running, false);
    const ended = await Promise.all(
      accepted.map(({ id }) =>
        until(async () => {
          const task = await client.tasks.get({ id });
          return task.endedAt !== null && task;
        }),
      ),
    );
    expect(ended.filter((task) => task.state !== 'succeeded' || task.attempts !== 1)).toEqual([]);
    expect(entries.all().map((row) => row.times)).toEqual(Array(TASKS * 2).fill(1));
    ledger.close();
    await until(async () => (await troubles(running)).length === 0);
    expect((await client.tasks.submit(job(TASKS))).duplicate).toBe(false);
  });

  it('says so no longer once there is space, though nobody has anything to write', async () => {
    desk = await startDesk(dataFolder(TEST_AGENTS));
    const running = desk;
    fillDisk(running, true);
    await expect(running.client.tasks.submit({ agent: 'one-step', input: { n: 1 } })).rejects.toMatchObject({
      code: 'STORAGE',
    });
    expect(await troubles(running)).toHaveLength(1);
    fillDisk(running, false);
    await until(async () => (await troubles(running)).length === 0);
  });
});

describe('a model call that the full disk kept from the journal', () => {
  it('is asked once, counted once and told to the breaker once, however often its write was tried', async () => {
    const vendor = await startVendor();
    vi.stubEnv('NIGHTDESK_PROVIDER_FIRST_KEY', VENDOR_KEY);
    vi.stubEnv('NIGHTDESK_PROVIDER_FIRST_URL', vendor.url);
    desk = await startDesk(dataFolder(MODEL_AGENTS));
    const running = desk;
    const { client } = running;
    const usage = { prompt_tokens: 11, completion_tokens: 4 };
    const toolCalls = [{ id: 'c1', name: 'stock_lookup', arguments: '{"item":"A4"}' }];
    vendor.say({ toolCalls, usage, latency: 100 });
    const { id } = await client.tasks.submit({ agent: 'clerk', input: { question: 'How many?' } });
    await until(() => vendor.requests().length === 1);
    fillDisk(running, true);
    vendor.say({ content: 'three', usage });
    await until(async () => (await troubles(running)).length > 0);
    expect(await client.tasks.get({ id })).toMatchObject({ state: 'running', steps: [] });

    fillDisk(running, false);
    const task = await until(async () => {
      const found = await client.tasks.get({ id });
      return found.endedAt !== null && found;
    });
    expect(task).toMatchObject({ state: 'succeeded', attempts: 1, tokensIn: 22, tokensOut: 8 });
    expect(vendor.requests()).toHaveLength(2);
    const provider = (await client.providers.list()).find((each) => each.name === 'first');
    expect(provider).toMatchObject({ calls: 2, errors: 0 });
    await vendor.close();
  });
});
