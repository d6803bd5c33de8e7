import { closeSync, cpSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../electron/store/open.ts';

/** Agents that are made for a bench. */
export const BENCH_AGENTS = fileURLToPath(new URL('../support/bench-agents', import.meta.url));
/** The agent with one journaled step. */
export const ONE_STEP = fileURLToPath(new URL('../support/agents/one-step', import.meta.url));

/** Fills a data folder with so many queued tasks of one agent, as if each had been submitted. */
export function seedQueue(folder: string, agent: 'one-step' | 'held', tasks: number): void {
  const source = agent === 'held' ? join(BENCH_AGENTS, 'held') : ONE_STEP;
  cpSync(source, join(folder, 'agents', agent), { recursive: true });
  const opened = openDatabase(folder, Date.now());
  if (!opened.ok) throw new Error(opened.error.message);
  const { db } = opened.value;
  db.pragma('synchronous = OFF');
  db.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @tasks)
    INSERT INTO task (agent, key, state, priority, accepted_at, input)
    SELECT @agent, printf('order-%08d', i), 'queued', 0, @now,
      '{"n":' || i || ',"text":"A customer asks where the parcel is that was sent last week to the old address."}'
    FROM n`,
  ).run({ agent, tasks, now: Date.now() });
  db.close();
  // What was submitted long ago is on the disk: nobody who is measured shares it with that.
  const file = openSync(db.name, 'r+');
  fsyncSync(file);
  closeSync(file);
}

/** Makes the tasks of the agent `held` stand still where they are. */
export function hold(folder: string): string {
  const file = join(folder, 'hold');
  writeFileSync(file, '');
  return file;
}
