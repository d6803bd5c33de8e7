import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClock } from '#contract/clock.ts';
import type { TaskDetail } from '#contract/task.ts';
import { prepareControl } from '../../electron/store/lane.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { ada } from '../support/people.ts';
import { startRunner, TEST_AGENTS, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

const HOUR = 3_600_000;

let folder: string;
let agents: string;
let desk: TestRunner;
/** How far the clock is from the true time, ms. */
let skew = 0;
let lines: string[] = [];
const now = () => Date.now() + skew;

/** @param backoff of the agent moody, as its file writes it */
function begin(backoff = '1500ms'): void {
  const file = join(agents, 'moody/agent.md');
  cpSync(TEST_AGENTS, agents, { recursive: true });
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(
      /retry: .*/,
      `retry: { attempts: 3, initial: ${backoff}, max: 1h, jitter: none }`,
    ),
  );
  desk = startRunner(folder, 1, { now, agentFolders: [agents], log: (line) => lines.push(line) });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-clock-'));
  agents = join(folder, 'agents');
  skew = 0;
  lines = [];
});
afterEach(() => desk.close());

const when = (id: string, ready: (task: TaskDetail) => boolean): Promise<TaskDetail> =>
  until(() => {
    const task = desk.runner.task(id);
    return task.ok && ready(task.value) && task.value;
  });
const seen = (): Promise<unknown> => until(() => lines.some((line) => line.startsWith('the clock')));
const intake = () => desk.runner.snapshot().lanes.find((lane) => lane.agent === 'moody')?.intake;

describe('a clock that is set back', () => {
  it('does not put off a retry: its backoff is a span', async () => {
    begin();
    const id = await desk.submit('moody', { mood: 'fails-once' });
    await when(id, (task) => task.state === 'retrying');
    skew = -HOUR;
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded', attempts: 2 });
  });

  it('nor one that it was set back for while the desk was down', async () => {
    begin();
    const id = await desk.submit('moody', { mood: 'fails-once' });
    await when(id, (task) => task.state === 'retrying');
    await desk.close();
    skew = -HOUR;
    begin();
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded', attempts: 2 });
  });

  it('leaves a delayed task at its moment', async () => {
    begin();
    const runAt = now() + HOUR;
    const [answer] = await desk.runner.submit([{ agent: 'moody', input: { mood: 'fine' }, runAt }]);
    skew = -HOUR;
    await seen();
    const id = answer?.ok ? answer.value.id : '';
    expect(desk.runner.task(id)).toMatchObject({ ok: true, value: { state: 'waiting', waitKind: 'delayed', runAt } });
    skew = HOUR;
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded' });
  });

  it('does not prolong a pause that was to end by itself', async () => {
    begin();
    await desk.runner.execute({ verb: 'pause', agent: 'moody', forMs: 2_500 }, 'pause-a-while', ada);
    skew = -HOUR;
    await until(() => intake() === 'open');
  });

  it('does not put off the probe of an open breaker', async () => {
    const opened = openDatabase(folder, now());
    if (!opened.ok) throw new Error(opened.error.message);
    const body = { state: 'open', since: now(), probeAt: now() + 4_000, cooldownMs: 15_000 };
    prepareControl(opened.value.db).writeProvider('rehearsal', JSON.stringify(body));
    opened.value.db.close();
    begin();
    const provider = () => desk.runner.snapshot().providers.find((each) => each.name === 'rehearsal');
    expect(provider()).toMatchObject({ breaker: 'open' });
    skew = -HOUR;
    await until(() => provider()?.breaker === 'half-open');
  });
});

describe('a clock that is put on, or a laptop that slept', () => {
  it('starts at once what came due meanwhile: retries and delayed tasks', async () => {
    begin('30m');
    const id = await desk.submit('moody', { mood: 'fails-once' });
    await when(id, (task) => task.state === 'retrying');
    const [delayed] = await desk.runner.submit([{ agent: 'moody', input: { mood: 'fine' }, runAt: now() + HOUR / 2 }]);
    skew = HOUR;
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(await desk.end(delayed?.ok ? delayed.value.id : '')).toMatchObject({ state: 'succeeded' });
    expect(lines.join()).toContain('the clock went ahead by 3600 s, or this machine slept');
  });

  it('makes up the starts of a schedule, each once, however often the clock goes to and fro', async () => {
    begin();
    const file = join(agents, 'one-step/agent.md');
    const hourly = 'schedule: { cron: "0 * * * * UTC", missed: each }';
    writeFileSync(file, readFileSync(file, 'utf8').replace('nightdesk:', `nightdesk:\n  ${hourly}`));
    await until(() => desk.runner.snapshot().agents.some((agent) => agent.schedule !== null));
    // From when on it counts is on the disk before this task's end.
    await desk.end(await desk.submit('moody', { mood: 'fine' }));
    const starts = () => desk.runner.tasks({ agent: 'one-step' }, { limit: 100 }).tasks.map((task) => task.key);
    skew = 3 * HOUR;
    await until(() => starts().length >= 3);
    const first = starts();
    for (const jump of [0, 3 * HOUR]) {
      lines = [];
      skew = jump;
      await seen();
    }
    skew = 4 * HOUR;
    await until(() => starts().length > first.length);
    expect(starts()).toEqual([...new Set(starts())]);
    expect(starts().slice(-first.length)).toEqual(first);
  });

  it('ends a pause whose time is over', async () => {
    begin();
    await desk.runner.execute({ verb: 'pause', agent: 'moody', forMs: HOUR / 2 }, 'pause-half-an-hour', ada);
    skew = HOUR;
    await until(() => intake() === 'open');
  });
});

describe('a clock that jumps to and fro', () => {
  it('takes no worker for hung, and no attempt for late', async () => {
    begin();
    const hold = join(folder, 'hold');
    writeFileSync(hold, '');
    const id = await desk.submit('two-effects', { n: 1, recovery: 'reconcile', holdAfter: false });
    await when(id, (task) => task.steps.some((step) => step.state === 'intent'));
    for (const jump of [HOUR, -HOUR, 48 * HOUR]) {
      lines = [];
      skew = jump;
      await seen();
    }
    rmSync(hold);
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(lines.join()).not.toContain('killed');
  });

  it('is seen by the time that really passed, both ways, and drift is not', () => {
    let at = 1_000_000;
    let passed = 0;
    const clock = createClock(
      () => at,
      () => passed,
    );
    const jumpAfter = (clockMs: number, trueMs: number) => {
      at += clockMs;
      passed += trueMs;
      return clock.jumped();
    };
    expect(jumpAfter(5_000, 5_000)).toBe(0);
    expect(jumpAfter(5_900, 5_000)).toBe(0);
    expect(jumpAfter(-HOUR, 1_000)).toBe(-HOUR - 1_000);
    expect(jumpAfter(HOUR, 1_000)).toBe(HOUR - 1_000);
  });
});

describe('a desk that stands still for longer than a worker may be silent', () => {
  let served: TestDesk;
  afterEach(() => served.close());

  it('goes on with the same workers and the same attempts', async () => {
    begin();
    const data = dataFolder(TEST_AGENTS);
    const hold = join(data, 'hold');
    writeFileSync(hold, '');
    served = await startDesk(data);
    const { client, process: running } = served;
    const { id } = await client.tasks.submit({
      agent: 'two-effects',
      input: { n: 1, recovery: 'reconcile', holdAfter: true },
      key: 'held',
    });
    await until(async () => (await client.tasks.get({ id })).steps.some((step) => step.state === 'intent'));
    running.kill('SIGSTOP');
    const stoppedAt = performance.now();
    rmSync(hold);
    await until(() => performance.now() - stoppedAt > 17_000);
    running.kill('SIGCONT');
    const task = await until(async () => {
      const found = await client.tasks.get({ id });
      return found.endedAt !== null && found;
    });
    expect(task).toMatchObject({ state: 'succeeded', attempts: 1 });
  });
});
