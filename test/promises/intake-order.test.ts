import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRunner, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

const AGENTS = [fileURLToPath(new URL('../support/intake-agents', import.meta.url))];
const me = { name: 'ada', via: 'cli' } as const;

let desk: TestRunner;
let folder: string;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-test-'));
  log = join(folder, 'log');
  desk = start();
});
afterEach(() => desk.close());

function start(): TestRunner {
  return startRunner(folder, 2, { agentFolders: AGENTS });
}

type Given = { vendor?: string; failsOnce?: boolean; gate?: string; priority?: number };

/** Submits tasks of per-vendor in one batch; n is their place in it. */
async function submitAll(given: Given[]): Promise<string[]> {
  const batch = given.map(({ priority = 0, ...input }, n) => ({
    agent: 'per-vendor',
    input: { ...input, n, log },
    priority,
  }));
  return (await desk.runner.submit(batch)).map((result) => (result.ok ? result.value.id : ''));
}

/** What the agent noted, in the order in which it happened. */
function notes(): { vendor: string; n: number; what: 'begin' | 'end' }[] {
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const began = () => notes().flatMap((each) => (each.what === 'begin' ? [each.n] : []));
const stateOf = (id: string | undefined) => desk.runner.taskRow(id ?? '');
const lane = () => desk.runner.snapshot().lanes.find((each) => each.agent === 'per-vendor');

describe('one task at a time for each text of intake.per', () => {
  it('holds for 300 tasks of seven vendors, those that fail and come back among them; all end', async () => {
    const given = Array.from({ length: 300 }, (_, n) => ({
      vendor: `v${(n * n) % 7}`,
      failsOnce: n % 11 === 0,
      priority: n % 3,
    }));
    for (const id of await submitAll(given)) expect((await desk.end(id)).state).toBe('succeeded');
    const open = new Map<string, number>();
    for (const { vendor, n, what } of notes()) {
      if (what === 'begin') expect(open.get(vendor)).toBeUndefined();
      else expect(open.get(vendor)).toBe(n);
      if (what === 'begin') open.set(vendor, n);
      else open.delete(vendor);
    }
    expect(notes()).toHaveLength(600);
    expect(lane()).toMatchObject({ queued: 0, running: 0, waiting: 0 });
  });

  it('says what a task waits for, and does not keep other vendors waiting', async () => {
    const gate = join(folder, 'gate');
    const [first, second, other, none] = await submitAll([{ vendor: 'a', gate }, { vendor: 'a' }, { vendor: 'b' }, {}]);
    expect((await desk.end(other ?? '')).state).toBe('succeeded');
    expect((await desk.end(none ?? '')).state).toBe('succeeded');
    expect(stateOf(second)).toMatchObject({
      state: 'waiting',
      waitKind: 'turn',
      reason: `one at a time for "a": ${first} is before it`,
    });
    writeFileSync(gate, '');
    expect((await desk.end(second ?? '')).state).toBe('succeeded');
  });

  it('does not let thousands of one vendor stand before another', async () => {
    const gate = join(folder, 'gate');
    const ids = await submitAll([
      { vendor: 'a', gate },
      ...Array.from({ length: 2_500 }, () => ({ vendor: 'a' })),
      { vendor: 'b' },
    ]);
    expect((await desk.end(ids.at(-1) ?? '')).state).toBe('succeeded');
    expect(stateOf(ids[0])?.state).toBe('running');
    await until(() => lane()?.waiting === 2_500);
    expect(lane()).toMatchObject({ queued: 0, running: 1 });
    writeFileSync(gate, '');
    expect((await desk.end(ids[1] ?? '')).state).toBe('succeeded');
  });

  it('takes the next by priority, then by age', async () => {
    const gate = join(folder, 'gate');
    const ids = await submitAll([
      { vendor: 'a', gate, priority: 9 },
      { vendor: 'a' },
      { vendor: 'a' },
      { vendor: 'a', priority: 5 },
      { vendor: 'a', priority: 5 },
    ]);
    await until(() => ids.slice(1).every((id) => stateOf(id)?.waitKind === 'turn'));
    writeFileSync(gate, '');
    for (const id of ids) await desk.end(id);
    expect(began()).toEqual([0, 3, 4, 1, 2]);
  });

  it('goes on when the task whose turn it is, is cancelled', async () => {
    const gate = join(folder, 'gate');
    const ids = await submitAll([{ vendor: 'a', gate }, { vendor: 'a' }, { vendor: 'a' }, { vendor: 'a' }]);
    await until(() => ids.slice(1).every((id) => stateOf(id)?.waitKind === 'turn'));
    // The pause keeps the next one in the queue, released and not started.
    await desk.runner.execute({ verb: 'drain', agent: 'per-vendor' }, 'drain-vendor', me);
    writeFileSync(gate, '');
    await until(() => stateOf(ids[1])?.state === 'queued');
    await desk.runner.execute({ verb: 'cancel', task: ids[1] ?? '' }, 'cancel-second', me);
    await until(() => stateOf(ids[2])?.state === 'queued');
    await desk.runner.execute({ verb: 'resume', agent: 'per-vendor' }, 'resume-vendor', me);
    expect((await desk.end(ids[2] ?? '')).state).toBe('succeeded');
    expect((await desk.end(ids[3] ?? '')).state).toBe('succeeded');
  });

  it('holds over a restart of the desk', async () => {
    const gate = join(folder, 'gate');
    const ids = await submitAll([{ vendor: 'a', gate }, { vendor: 'a' }, { vendor: 'a' }]);
    await until(() => stateOf(ids[2])?.waitKind === 'turn');
    await desk.close();
    desk = start();
    expect(lane()).toMatchObject({ waiting: 2 });
    writeFileSync(gate, '');
    for (const id of ids) expect((await desk.end(id)).state).toBe('succeeded');
    expect(notes().filter((each) => each.what === 'end')).toHaveLength(3);
  });
});

describe('intake.rate', () => {
  /** When tasks started, ms after the first, by their rows. */
  async function starts(ids: string[]): Promise<number[]> {
    for (const id of ids) await desk.end(id);
    const moments = ids.map((id) => desk.runner.taskRow(id)?.startedAt ?? 0).sort((a, b) => a - b);
    return moments.map((at) => at - (moments[0] ?? 0));
  }

  async function submitPaced(count: number): Promise<string[]> {
    const results = await desk.runner.submit(Array.from({ length: count }, () => ({ agent: 'paced', input: null })));
    return results.map((result) => (result.ok ? result.value.id : ''));
  }

  /** The n-th start comes no sooner than the bucket of five a second has filled. */
  function expectPaced(moments: number[]): void {
    for (const [n, at] of moments.entries()) expect(at).toBeGreaterThanOrEqual((n + 1 - 5) * 200 - 2);
  }

  it('starts what the bucket holds, then as it fills, and nothing is forgotten', async () => {
    expectPaced(await starts(await submitPaced(12)));
  });

  it('does not start a full bucket again after a restart', async () => {
    const before = await submitPaced(5);
    for (const id of before) await desk.end(id);
    const first = Math.min(...before.map((id) => desk.runner.taskRow(id)?.startedAt ?? 0));
    await desk.close();
    desk = start();
    const after = await submitPaced(5);
    for (const id of after) await desk.end(id);
    const all = [...before, ...after].map((id) => (desk.runner.taskRow(id)?.startedAt ?? 0) - first);
    expectPaced(all.sort((a, b) => a - b));
  });
});

describe('priorities and moments', () => {
  it('tasks start by priority, then by age; a low one waits for as long as higher ones come', async () => {
    const gate = join(folder, 'gate');
    const [blocker] = await submitAll([{ vendor: 'x', gate }]);
    await until(() => stateOf(blocker)?.state === 'running');
    const ids = await submitAll([
      { vendor: 'x', priority: -1 },
      { vendor: 'x', priority: 0 },
      { vendor: 'x', priority: 7 },
      { vendor: 'x', priority: 7 },
      { vendor: 'x', priority: -100 },
    ]);
    await until(() => ids.every((id) => stateOf(id)?.waitKind === 'turn'));
    writeFileSync(gate, '');
    for (const id of ids) await desk.end(id);
    expect(began().slice(1)).toEqual([2, 3, 1, 0, 4]);
  });

  it('a task with a moment does not start before it, over a restart, too', async () => {
    const runAt = Date.now() + 400;
    const [result] = await desk.runner.submit([{ agent: 'paced', input: null, runAt }]);
    const id = result?.ok ? result.value.id : '';
    expect(desk.runner.taskRow(id)).toMatchObject({ state: 'waiting', waitKind: 'delayed', runAt });
    await desk.close();
    desk = start();
    expect((await desk.end(id)).startedAt).toBeGreaterThanOrEqual(runAt);
  });
});
