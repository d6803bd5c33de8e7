import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Settings, settingsSchema } from '#contract/settings.ts';
import type { TaskDetail } from '#contract/task.ts';
import { prepareIntegrations } from '../../electron/store/integration.ts';
import { prepareControl } from '../../electron/store/lane.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { startRunner, type TestRunner } from './runner.ts';
import { until } from './until.ts';

const AGENTS = fileURLToPath(new URL('./guard-agents', import.meta.url));
/** A dollar is a thousand tokens: a call of 20 in and 80 out costs $0.10. */
const PRICE = { input: 1_000, output: 1_000 };

export type GuardDesk = TestRunner & {
  /** Puts other settings in force, as an edited nightdesk.yaml does. */
  set(settings: object): void;
  /** The task once it stands so. */
  when(id: string, ready: (task: TaskDetail) => boolean): Promise<TaskDetail>;
};

/** A runner with the agents whose models, tools and prices the guards are tested by. @param settings of nightdesk.yaml */
export function startGuarded(
  settings: object = {},
  { folder, now }: { folder?: string; now?: () => number } = {},
): GuardDesk {
  const listeners = new Set<() => void>();
  let current = read(settings);
  const desk = startRunner(folder, 2, {
    agentFolders: [AGENTS],
    settings: () => current,
    onSettings(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...(now === undefined ? {} : { now }),
  });
  return {
    ...desk,
    set(next) {
      current = read(next);
      for (const listener of listeners) listener();
    },
    when: (id, ready) =>
      until(() => {
        const task = desk.runner.task(id);
        return task.ok && ready(task.value) && task.value;
      }),
  };
}

function read(settings: object): Settings {
  return settingsSchema.parse({ prices: { 'alpha/a': PRICE, 'beta/b': PRICE }, ...settings });
}

/** A data folder whose last desk left this breaker open; its probe is due at once. */
export function folderWithOpen(breaker: { provider: string } | { integration: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-test-'));
  const opened = openDatabase(folder, Date.now());
  if (!opened.ok) throw new Error(opened.error.message);
  const { db } = opened.value;
  const at = Date.now();
  const body = JSON.stringify({ state: 'open', since: at - 20_000, probeAt: at + 1, cooldownMs: 15_000 });
  if ('provider' in breaker) prepareControl(db).writeProvider(breaker.provider, body);
  else prepareIntegrations(db).write(breaker.integration, body);
  db.close();
  return folder;
}
