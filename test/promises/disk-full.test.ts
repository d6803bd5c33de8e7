import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { troublesOf } from '../support/board.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';

const GUARD_AGENTS = fileURLToPath(new URL('../support/guard-agents', import.meta.url));

let desk: TestDesk | undefined;
afterEach(async () => {
  await desk?.close();
  desk = undefined;
});

/** Lets no file of this process take another byte, as a full disk does, or ends that. Its workers are free of it. */
function fillDisk(running: TestDesk, full: boolean): void {
  execFileSync('prlimit', ['--pid', String(running.process.pid), `--fsize=${full ? 0 : 'unlimited'}:unlimited`]);
}

const notWritten = { code: 'STORAGE', data: { kept: expect.any(String), todo: expect.any(String) } };

describe('a disk that is full under a running desk', () => {
  it('refuses answers, which can be given again, and backups; the question stays open', async () => {
    desk = await startDesk(dataFolder(TEST_AGENTS));
    const running = desk;
    const { client, folder } = running;
    const { id } = await client.tasks.submit({
      agent: 'asking',
      input: { mode: 'asks', ledger: 'ledger' },
      key: 'asks',
    });
    const question = await until(async () => (await client.questions.list({ open: true, task: id }))[0]);

    fillDisk(running, true);
    const answer = { id: question.id, answer: { choice: 'yes' } };
    await expect(client.questions.answer(answer)).rejects.toMatchObject(notWritten);
    await expect(client.backups.make()).rejects.toMatchObject(notWritten);
    expect(await client.questions.list({ open: true, task: id })).toHaveLength(1);
    expect(await troublesOf(running)).toMatch(/The last backup failed/);

    fillDisk(running, false);
    await client.questions.answer(answer);
    await until(async () => (await client.tasks.get({ id })).endedAt !== null);
    expect(await client.tasks.get({ id })).toMatchObject({ state: 'succeeded', output: { choice: 'yes' } });
    expect(readFileSync(join(folder, 'ledger'), 'utf8')).toBe('before\nafter\n');
    await client.backups.make();
    await until(async () => (await troublesOf(running)) === '');
  });

  it('counts what every call cost once, however often its write was tried', async () => {
    const folder = dataFolder();
    writeFileSync(join(folder, 'nightdesk.yaml'), 'prices: { alpha/a: { input: 1000, output: 1000 } }\n');
    desk = await startDesk(folder, '--rehearsal', '0', '--agents', GUARD_AGENTS);
    const running = desk;
    const { client } = running;
    const tasks = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        client.tasks.submit({ agent: 'spender', input: { turns: 3, latencyMs: 100 }, key: `spends-${n}` }),
      ),
    );
    await until(async () => (await client.tasks.list({ agent: 'spender', state: ['succeeded'], limit: 1 })).total > 0);
    fillDisk(running, true);
    await until(async () => (await troublesOf(running)) !== '');
    fillDisk(running, false);
    const ended = await Promise.all(
      tasks.map(({ id }) =>
        until(async () => {
          const task = await client.tasks.get({ id });
          return task.endedAt !== null && task;
        }),
      ),
    );
    expect(ended.map((task) => [task.state, task.attempts])).toEqual(ended.map(() => ['succeeded', 1]));
    const usd = ended.reduce((sum, task) => sum + task.costUsd, 0);
    expect(usd).toBeGreaterThan(0);
    const spends = await client.budgets.list();
    for (const scope of ['desk', 'agent', 'provider'] as const) {
      const spent = spends.filter((each) => each.scope === scope).reduce((sum, each) => sum + each.usd, 0);
      expect(spent).toBeCloseTo(usd, 6);
    }
  });
});
