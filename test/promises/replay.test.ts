import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRunner, type TestRunner } from '../support/runner.ts';

const AGENTS = fileURLToPath(new URL('../support/replay-agents', import.meta.url));

let desk: TestRunner;
beforeEach(() => {
  desk = startRunner(undefined, 1, { agentFolders: [AGENTS] });
});
afterEach(() => desk.close());

const ran = () => join(desk.folder, 'ran');
const lines = () => readFileSync(ran(), 'utf8').trim().split('\n');

describe('an attempt after one that failed', () => {
  it('finds what was finished in the journal, and runs only the rest', async () => {
    const task = await desk.end(await desk.submit('wanders', { wanders: false, ran: ran() }));
    expect(task).toMatchObject({ state: 'succeeded', attempts: 2, output: 'done' });
    expect(lines()).toEqual(['read', 'sent']);
    expect(task.steps.map(({ name, attempt, replayedBy }) => ({ name, attempt, replayedBy }))).toEqual([
      { name: 'read', attempt: 1, replayedBy: [2] },
      { name: 'rest', attempt: 1, replayedBy: [2] },
      { name: 'send', attempt: 2, replayedBy: [] },
    ]);
  });

  it('that asks for something else stops loudly: the task fails as diverged, and nothing more of it runs', async () => {
    const task = await desk.end(await desk.submit('wanders', { wanders: true, ran: ran() }));
    expect(task).toMatchObject({ state: 'failed', attempts: 2, error: { class: 'diverged' } });
    expect(task.error?.message).toContain('step "rest" asks for something else than attempt 1 did');
    expect(lines()).toEqual(['read']);
  });
});
