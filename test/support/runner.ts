import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settingsSchema } from '#contract/settings.ts';
import type { TaskDetail } from '#contract/task.ts';
import { createRunner, type Runner, type RunnerOptions } from '../../electron/runner/index.ts';
import { forkWorker } from '../../electron/serve/fork.ts';
import { createCommitter } from '../../electron/store/committer.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { until } from './until.ts';

export const TEST_AGENTS = fileURLToPath(new URL('./agents', import.meta.url));
/** Agents whose models are asked over HTTP, at the providers `first` and `second`. */
export const MODEL_AGENTS = fileURLToPath(new URL('./model-agents', import.meta.url));

export type TestRunner = {
  runner: Runner;
  folder: string;
  /** Waits for a task's end. */
  end(id: string): Promise<TaskDetail>;
  /** Submits one task and gives its id; fails the test when it is refused. */
  submit(agent: string, input: TaskDetail['input'], key?: string): Promise<string>;
  close(): Promise<void>;
};

const settings = settingsSchema.parse({});

/** A real runner on a real file, with real worker processes. @param given takes the place of what a test needs not */
export function startRunner(
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-test-')),
  workers = 2,
  given: Partial<RunnerOptions> = {},
): TestRunner {
  const opened = openDatabase(folder, Date.now());
  if (!opened.ok) throw new Error(opened.error.message);
  const { db } = opened.value;
  const runner = createRunner({
    db,
    committer: createCommitter(db),
    dataFolder: folder,
    agentFolders: [TEST_AGENTS],
    rehearsal: true,
    workers,
    slots: 16,
    forkWorker,
    env: {},
    version: 'test',
    audit: () => {},
    settings: () => settings,
    trial: null,
    findSecrets: async () => [],
    onSettings: () => () => {},
    now: Date.now,
    passed: () => performance.now(),
    random: Math.random,
    onDisk: () => {},
    log: () => {},
    ...given,
  });
  runner.start();
  return {
    runner,
    folder,
    end: (id) =>
      until(() => {
        const task = runner.task(id);
        return task.ok && task.value.endedAt !== null && task.value;
      }),
    async submit(agent, input, key) {
      const [result] = await runner.submit([{ agent, input, ...(key === undefined ? {} : { key }) }]);
      if (!result?.ok) throw new Error(result?.error.message);
      return result.value.id;
    },
    async close() {
      await runner.close();
      db.close();
    },
  };
}
