import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openDatabase } from '../../electron/store/open.ts';
import { prepareSchedules } from '../../electron/store/schedule.ts';
import { startRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

const AGENTS = [fileURLToPath(new URL('../support/intake-agents', import.meta.url))];
const HOUR = 3_600_000;

it('a desk that was down over starts of a schedule makes up the last of them, once, whatever restarts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-test-'));
  const opened = openDatabase(folder, Date.now());
  if (!opened.ok) throw new Error(opened.error.message);
  const { db } = opened.value;
  const wentDownAt = Date.now() - 5 * HOUR;
  prepareSchedules(db).write({ agent: 'hourly', cron: '0 * * * * UTC', fired_at: wentDownAt, task: null });
  db.close();

  const before = Math.floor(Date.now() / HOUR) * HOUR;
  let desk = startRunner(folder, 2, { agentFolders: AGENTS });
  const first = await until(() => desk.runner.tasks({ agent: 'hourly' }, { limit: 10 }).tasks[0]);
  const ended = await desk.end(first.id);
  expect(ended).toMatchObject({ state: 'succeeded', key: `schedule:${ended.output}` });
  expect(Date.parse(String(ended.output))).toBeGreaterThanOrEqual(before);
  await desk.close();

  desk = startRunner(folder, 2, { agentFolders: AGENTS });
  // Whatever the schedule begins at its start is in the queue when a task submitted after it has ended.
  const marker = await desk.submit('paced', null);
  await desk.end(marker);
  const keys = desk.runner.tasks({ agent: 'hourly' }, { limit: 10 }).tasks.map((task) => task.key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => key === first.key)).toHaveLength(1);
  // An hour may have struck meanwhile; no start before it came again.
  expect(keys.every((key) => Date.parse(key?.slice('schedule:'.length) ?? '') >= before)).toBe(true);
  await desk.close();
});
