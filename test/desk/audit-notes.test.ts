import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditEntry } from '#contract/audit.ts';
import { createAuditNotes } from '../../electron/desk/audit-notes.ts';

const BY = { name: 'ada', via: 'cli' } as const;

/** A log on a disk that can be full. */
function openLog() {
  const disk = { isFull: false };
  const log: AuditEntry[] = [];
  const notes = createAuditNotes(async (entries) => {
    if (disk.isFull) return false;
    log.push(...entries);
    return true;
  }, Date.now);
  const note = (subject: string): void => notes.note({ by: BY, what: 'settings.changed', subject });
  return { disk, log, notes, note, subjects: () => log.map(({ subject }) => subject) };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('entries of the audit log that go with no commit of their own', () => {
  it('are written at once, in order', async () => {
    const { note, subjects, log } = openLog();
    note('a');
    note('b');
    await vi.advanceTimersByTimeAsync(0);
    expect(subjects()).toEqual(['a', 'b']);
    expect(log[0]?.details).toBeUndefined();
  });

  it('wait for a disk that refuses them: each is written once, in order, and says when it was', async () => {
    const { disk, note, subjects, log, notes } = openLog();
    disk.isFull = true;
    note('a');
    await vi.advanceTimersByTimeAsync(100);
    note('b');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(subjects()).toEqual([]);
    expect(notes.refused()).toBe(2);
    disk.isFull = false;
    await vi.advanceTimersByTimeAsync(500);
    expect(log.map(({ subject, details }) => [subject, details])).toEqual([
      ['a', { doneAt: 1_000 }],
      ['b', { doneAt: 1_100 }],
    ]);
    expect(notes.refused()).toBe(0);
    note('c');
    await vi.advanceTimersByTimeAsync(0);
    expect(log.at(-1)).toEqual({ by: BY, what: 'settings.changed', subject: 'c' });
  });

  it('are tried for the last time when the desk closes, and those that are lost are counted', async () => {
    const { disk, note, subjects, notes } = openLog();
    disk.isFull = true;
    note('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(await notes.close()).toBe(1);
    disk.isFull = false;
    expect(await notes.close()).toBe(0);
    expect(subjects()).toEqual(['a']);
  });
});
