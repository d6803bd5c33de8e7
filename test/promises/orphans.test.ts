import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestDesk;
beforeEach(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS), '--rehearsal', '0');
});
afterEach(() => desk.close());

const ledger = () =>
  existsSync(join(desk.folder, 'ledger')) ? readFileSync(join(desk.folder, 'ledger'), 'utf8').trim().split('\n') : [];
const workersOf = (folder: string): number[] =>
  readdirSync(join(folder, 'workers')).map((name) => Number(name.split('@')[0]));
const stateOf = (pid: number): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.[0];
  } catch {
    return undefined;
  }
};
const runs = (pid: number): boolean => !['Z', undefined].includes(stateOf(pid));

describe.runIf(process.platform === 'linux')('a worker that outlives its desk', () => {
  it('blocked in code that hears nothing, is ended before the next desk looks at its effects', async () => {
    const { id } = await desk.client.tasks.submit({ agent: 'family', input: { does: 'blocks' } });
    await until(() => ledger().includes(`blocks ${id}`));
    const blocked = workersOf(desk.folder);
    await desk.kill();
    expect(blocked.some(runs)).toBe(true);

    desk = await startDesk(desk.folder, '--rehearsal', '0');
    expect(blocked.filter(runs)).toEqual([]);
    expect(desk.printed()).toContain('is a worker of a desk that is gone; it is killed');
    writeFileSync(join(desk.folder, 'unblock'), '');
    await until(async () => (await desk.client.tasks.get({ id })).endedAt !== null);
    expect(ledger().filter((line) => line === 'sent late')).toHaveLength(1);
  });

  it('stopped, is ended too', async () => {
    const { id } = await desk.client.tasks.submit({ agent: 'family', input: { does: 'waits', for: 'go' } });
    await until(() => ledger().includes(`waits ${id}`));
    const stopped = workersOf(desk.folder);
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    await desk.kill();
    desk = await startDesk(desk.folder, '--rehearsal', '0');
    expect(stopped.filter(runs)).toEqual([]);
    writeFileSync(join(desk.folder, 'go'), '');
    await until(async () => (await desk.client.tasks.get({ id })).state === 'succeeded');
  });

  it('is known by its birth: another process under its number is left alone', async () => {
    await desk.close();
    writeFileSync(join(desk.folder, 'workers', `${process.pid}@another-1`), '');
    desk = await startDesk(desk.folder, '--rehearsal', '0');
    expect(desk.printed()).not.toContain('it is killed');
  });
});
