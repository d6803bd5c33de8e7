import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { succeed } from '#contract/errors.ts';
import type { RunCommand, RunDetail } from '#contract/runbook.ts';
import { settingsSchema } from '#contract/settings.ts';
import { createNotify, createRunbooks, type Runbooks } from '../../electron/runbook/index.ts';
import { createRunner, type Runner } from '../../electron/runner/index.ts';
import { forkWorker } from '../../electron/serve/fork.ts';
import { createCommitter } from '../../electron/store/committer.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { until } from '../support/until.ts';
import { ANA, must } from './harness.ts';

const AGENTS = fileURLToPath(new URL('../support/runbook-agents', import.meta.url));
/** The shipped runbook, in a hurry: it polls and holds for less. */
const TEXT = readFileSync(new URL('../../runbooks/provider-down.md', import.meta.url), 'utf8')
  .replaceAll(/every \ds/g, 'every 50ms')
  .replace('for 20s', 'for 200ms');

let close: () => Promise<void> = async () => {};
afterEach(() => close());

/** The embedded runner with real workers, and the runbooks on it. */
function open(): { runner: Runner; runbooks: Runbooks; submit(count: number): Promise<string[]> } {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-runbook-'));
  const runbookFolder = join(folder, 'runbooks');
  mkdirSync(runbookFolder);
  writeFileSync(join(runbookFolder, 'provider-down.md'), TEXT);
  const { db } = must(openDatabase(folder, Date.now()));
  const committer = createCommitter(db);
  const runner = createRunner({
    ...{ db, committer, dataFolder: folder, agentFolders: [AGENTS], rehearsal: true, workers: 1, slots: 8, forkWorker },
    ...{
      env: {},
      version: 'test',
      now: Date.now,
      passed: () => performance.now(),
      random: Math.random,
      onDisk: () => {},
      log: () => {},
    },
    audit: () => {},
    settings: () => settingsSchema.parse({}),
    trial: null,
    findSecrets: async () => [],
    onSettings: () => () => {},
  });
  runner.start();
  const ended: boolean[] = [];
  runner.watch((events) => {
    for (const event of events) if (event.kind === 'ended') ended.push(event.task.state === 'succeeded');
  });
  const runbooks = createRunbooks({
    store: { db, commit: committer.commit, audit: () => {} },
    folders: [runbookFolder],
    runtime: runner,
    measure: {
      p95: () => null,
      oldest: () => null,
      rate: () => {
        const good = ended.filter((one) => one).length;
        const estimate = ended.length === 0 ? null : good / ended.length;
        return { good, total: ended.length, estimate, low: 0, high: 1 };
      },
      alertState: () => 'firing',
    },
    alertFor: () => undefined,
    incident: () => undefined,
    notify: createNotify(folder, Date.now),
    canaries: {
      known: () => succeed({ input: 'hello', expect: null }),
      submit: async (agent, input, key) => (await runner.submit([{ agent, input, key }]))[0] ?? expect.fail(),
    },
    settings: () => settingsSchema.parse({}).runbooks,
    mask: (text) => text,
    known: () => ({ agents: ['relay'], providers: ['anthropic', 'openai'], alerts: ['provider-breaker-open'] }),
    rehearsal: true,
    now: Date.now,
    log: () => {},
    onChange: () => {},
    onEntry: () => {},
  });
  close = async () => {
    await runbooks.close();
    await runner.close();
    db.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    runner,
    runbooks,
    submit: async (count) => {
      const tasks = Array.from({ length: count }, () => ({ agent: 'relay', input: 'hello' }));
      return (await runner.submit(tasks)).map((submitted) => must(submitted).id);
    },
  };
}

it('provider-down recovers the embedded runner while its first provider is down', async () => {
  const { runner, runbooks, submit } = open();
  const breaker = () => runner.snapshot().providers.find((one) => one.name === 'anthropic')?.breaker;
  must(runner.setFault('anthropic', { errorRate: 0, latencyMs: 0, down: true }));
  const tasks = await submit(20);
  await until(() => breaker() !== 'closed');

  const inputs = { agent: 'relay', provider: 'anthropic', fallback: 'openai' };
  const { id } = must(await runbooks.start({ runbook: 'provider-down', inputs }, ANA));
  const read = (): RunDetail => must(runbooks.getRun(id));
  /** Does one thing to the step that is next, and waits until that is behind. */
  async function pass(command: { do: 'confirm' | 'check-off' } | { do: 'answer'; choice: string }): Promise<void> {
    const step = read().current ?? '';
    must(await runbooks.command(id, { ...command, step } as RunCommand, ANA));
    await until(() => {
      const now = read().steps.find((one) => one.id === step);
      if (now?.state === 'failed' || now?.state === 'no-data') throw new Error(`${now.title}: ${now.seen}`);
      return now?.state === 'passed';
    });
  }

  await pass({ do: 'confirm' });
  await pass({ do: 'confirm' });
  tasks.push(...(await submit(20)));
  expect(runner.snapshot().lanes[0]).toMatchObject({ intake: 'paused', running: 0 });
  await pass({ do: 'confirm' });
  expect(runner.snapshot().lanes[0]?.route).toEqual(['openai', 'anthropic']);
  await pass({ do: 'confirm' });
  await pass({ do: 'answer', choice: 'provider-outage' });
  await pass({ do: 'confirm' });
  await pass({ do: 'confirm' });
  await pass({ do: 'confirm' });
  await pass({ do: 'check-off' });

  expect(read()).toMatchObject({ outcome: 'recovered', rehearsal: true });
  expect(breaker()).not.toBe('closed');
  for (const task of tasks) await until(() => must(runner.task(task)).state === 'succeeded');
});
