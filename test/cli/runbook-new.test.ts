import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';
import { documentOf, errorOf } from './answer.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS), '--rehearsal', '0');
});
afterAll(() => desk.close());

describe('runbook new', () => {
  it('writes a plain file that the desk reads and finds nothing wrong with', async () => {
    const made = documentOf('runbook new', await desk.cli('runbook', 'new', 'llm-quota', '--json'));
    expect(made).toEqual({ name: 'llm-quota', file: join(desk.folder, 'runbooks', 'llm-quota.md') });
    expect(readFileSync(made.file, 'utf8')).toContain('title: Llm quota');
    await until(async () => (await desk.client.runbooks.list()).find(({ name }) => name === 'llm-quota'));
    expect((await desk.client.runbooks.get({ name: 'llm-quota' })).problems).toEqual([]);
  });
  it('answers an alert that it is written for', async () => {
    expect((await desk.cli('runbook', 'new', 'crashes', '--from', 'alert:worker-crash-loop')).out).toContain(
      'crashes.md',
    );
    const made = await until(async () => (await desk.client.runbooks.list()).find(({ name }) => name === 'crashes'));
    expect(made).toMatchObject({ matchAlerts: ['worker-crash-loop'], errors: 0 });
  });
  it('takes the place of nothing, and knows where to look for what is not there', async () => {
    expect(errorOf(await desk.cli('runbook', 'new', 'provider-down', '--json')).code).toBe('CONFLICT');
    expect(errorOf(await desk.cli('runbook', 'new', 'x', '--from', 'alert:nothing', '--json')).code).toBe('NOT_FOUND');
    expect(errorOf(await desk.cli('runbook', 'new', 'x', '--from', 'incident:999', '--json')).code).toBe('NOT_FOUND');
    expect(errorOf(await desk.cli('runbook', 'new', 'x', '--from', 'thin air', '--json')).code).toBe('BAD_INPUT');
  });
});
