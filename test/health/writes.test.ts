import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWrites, RETRY_MS, type Writes } from '../../electron/health/writes.ts';

let full: boolean;
let disk: string[];
let failures: string[];
let lost: string[];
let writes: Writes;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  [full, disk, failures, lost] = [false, [], [], []];
  writes = createWrites({
    async commit(work) {
      if (full) throw new Error('disk is full');
      return work();
    },
    worked: () => {},
    failed: (error) => void failures.push(String(error)),
    log: (line) => void lost.push(line),
  });
});
afterEach(() => vi.useRealTimers());

/** Everything that was begun has come to its end. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
async function retried(): Promise<void> {
  vi.advanceTimersByTime(RETRY_MS);
  await settled();
}

describe('what is told once', () => {
  it('is on the disk when that takes writes again, in order, each once', async () => {
    const durable: string[] = [];
    writes.keep(
      () => disk.push('first'),
      () => durable.push('first'),
    );
    await settled();
    full = true;
    for (const name of ['second', 'third']) {
      writes.keep(
        () => disk.push(name),
        () => durable.push(name),
      );
    }
    await settled();
    await retried();
    writes.keep(() => disk.push('fourth'));
    await settled();
    expect(disk).toEqual(['first']);
    full = false;
    await retried();
    await retried();
    expect(disk).toEqual(['first', 'second', 'third', 'fourth']);
    expect(durable).toEqual(['first', 'second', 'third']);
    expect(failures.length).toBeGreaterThan(0);
  });

  it('waits for nobody else: what decides again each second is tried once, and who waits for an answer is refused', async () => {
    full = true;
    writes.keep(() => disk.push('told'));
    writes.write(() => disk.push('decided'));
    await expect(writes.commit(() => disk.push('asked'))).rejects.toThrow('disk is full');
    full = false;
    writes.write(() => disk.push('decided again'));
    await settled();
    await retried();
    expect(disk).toEqual(['decided again', 'told']);
  });

  it('is held back by none that can never be written', async () => {
    writes.keep(() => {
      throw new Error('a bug');
    });
    writes.keep(() => disk.push('next'));
    await settled();
    await retried();
    expect(disk).toEqual(['next']);
  });

  it('is tried for the last time at the end, and said to be lost where even that is refused', async () => {
    full = true;
    writes.keep(() => disk.push('told'));
    await settled();
    full = false;
    await writes.close();
    expect([disk, lost]).toEqual([['told'], []]);

    full = true;
    writes.keep(() => disk.push('too late'));
    await settled();
    await writes.close();
    await retried();
    expect(disk).toEqual(['told']);
    expect(lost).toEqual(['1 write of health is lost: the disk refused it until the end']);
  });
});
