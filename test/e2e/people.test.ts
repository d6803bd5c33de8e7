import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '#contract/basic.ts';
import type { Question } from '#contract/question.ts';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { until } from '../support/until.ts';

const AGENTS = join(import.meta.dirname, '../support/agents');
const LETTER = 'Dear Ada,\nthe parcel is on its way.';

describeInBrowser('people at the console', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;

  const submit = async (agent: string, input: Json): Promise<string> =>
    (await desk.client.tasks.submit({ agent, input })).id;
  const questionOf = (task: string): Promise<Question> =>
    until(async () => (await desk.client.questions.list({ open: true, task }))[0]);
  const ended = (id: string, state: string): Promise<boolean> =>
    until(async () => (await desk.client.tasks.get({ id })).state === state);
  const draft = (confidence: number): Json => ({ outputs: [{ text: LETTER, confidence }] });

  /** A task whose effect was begun when the desk was killed, and that nobody can ask about. */
  async function leaveInDoubt(folder: string): Promise<string> {
    writeFileSync(join(folder, 'hold'), '');
    const first = await startDesk(folder, '--rehearsal', '0');
    const { id } = await first.client.tasks.submit({
      agent: 'two-effects',
      input: { n: 1, recovery: 'manual', holdAfter: true },
    });
    await until(async () => (await first.client.tasks.get({ id })).steps.some((step) => step.state === 'intent'));
    await first.kill();
    rmSync(join(folder, 'hold'));
    return id;
  }

  let doubtful: string;

  beforeAll(async () => {
    const folder = dataFolder(AGENTS);
    doubtful = await leaveInDoubt(folder);
    desk = await startDesk(folder, '--rehearsal', '0');
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  it('answers a question by the keyboard alone: g w, a digit, Enter', async () => {
    const task = await submit('asking', { mode: 'asks', ledger: 'asked' });
    await questionOf(task);
    await console.open('/');
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await page.getByRole('heading', { name: 'Waiting for a person' }).waitFor();
    await page.getByRole('link', { name: `asking · ${task}` }).waitFor();
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'Is this invoice right?' }).waitFor();
    await page.keyboard.press('1');
    await page.getByText(/nightdesk answer \d+ yes/).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText(/Answered yes by/).waitFor();
    expect(await ended(task, 'succeeded')).toBe(true);
  });

  it('says what the deadline will choose, and who answered first', async () => {
    const task = await submit('asking', { mode: 'asks', ledger: 'asked', deadlineMs: 3_600_000 });
    const { id } = await questionOf(task);
    await console.open(`/waiting/q${id}`);
    await page.getByText(/answers itself in \d+:\d\d.*, then: no/).waitFor();
    await page.keyboard.press('1');
    await desk.client.questions.answer({ id, answer: { choice: 'no' }, by: { name: 'bob', via: 'cli' } });
    await page.getByText('Answered no by bob through cli').waitFor();
    expect(await page.getByRole('button', { name: /^Answer:/ }).count()).toBe(0);
  });

  it('edits an output: what is no JSON is said at the field, what it changes is shown', async () => {
    const task = await submit('drafting', draft(0.3));
    const { id } = await questionOf(task);
    await console.open(`/waiting/q${id}`);
    await page.getByText('the parcel is on its way.').first().waitFor();
    await page.keyboard.press('2');
    const field = page.getByRole('textbox', { name: /JSON/ });
    await field.fill('{"text": ');
    await page.getByText(/This is not JSON/).waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await field.fill('{"text": "Dear Bob", "confidence": 1}');
    const diff = page.getByRole('region', { name: 'What your edit changes' });
    expect(await diff.textContent()).toContain('now:   "text": "Dear Bob"');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/Answered edit by/).waitFor();
    expect(await ended(task, 'succeeded')).toBe(true);
    expect((await desk.client.tasks.get({ id: task })).output).toEqual({ text: 'Dear Bob', confidence: 1 });
  });

  it('resolves an effect in doubt after its plan, on the page of its task too', async () => {
    await ended(doubtful, 'in-doubt');
    await console.open(`/tasks/${doubtful}`);
    await page.getByRole('heading', { name: 'Did debit land?' }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('textbox', { name: /result/ }).fill('{"entry": 1}');
    await page.getByText(`nightdesk resolve ${doubtful} --landed '{"entry":1}'`).waitFor();
    await page.keyboard.press('Control+Enter');
    expect(await ended(doubtful, 'succeeded')).toBe(true);
  });

  it('requeues every dead letter that matches, after its plan', async () => {
    const tasks = await Promise.all([1, 2].map(() => submit('family', { does: 'pays', steps: ['a'], fails: true })));
    for (const task of tasks) await ended(task, 'failed');
    writeFileSync(join(desk.folder, 'mended'), '');
    await console.open('/tasks?state=failed&agent=family');
    await page.getByText('2 match').waitFor();
    await page.keyboard.press('q');
    await page.getByText(/nightdesk requeue --agent family --state failed/).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Seen', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    for (const task of tasks) expect(await ended(task, 'succeeded')).toBe(true);
  });

  it('resubmits with another input, refused while it does not fit, and links both ways', async () => {
    const task = await submit('drafting', draft(0.3));
    const { id } = await questionOf(task);
    await desk.client.questions.answer({ id, answer: { choice: 'reject' } });
    await ended(task, 'failed');
    await console.open(`/tasks/${task}`);
    await page.getByRole('button', { name: /Edit and resubmit/ }).waitFor();
    await page.keyboard.press('e');
    const field = page.getByRole('dialog').getByRole('textbox');
    await field.fill('{}');
    await page.keyboard.press('Control+Enter');
    await page
      .getByRole('dialog')
      .getByText(/outputs/)
      .last()
      .waitFor();
    await until(async () => (await field.getAttribute('aria-invalid')) === 'true');
    await field.fill(JSON.stringify(draft(0.9)));
    await page.keyboard.press('Control+Enter');
    await page.getByText('the same work as').waitFor();
    await page.getByRole('link', { name: task, exact: true }).click();
    await page.getByText('with another input:').waitFor();
  });

  it('forks from a finished step', async () => {
    const task = await submit('family', { does: 'pays', steps: ['one', 'two'] });
    await ended(task, 'succeeded');
    await console.open(`/tasks/${task}`);
    await page.getByRole('button', { name: /Fork from step/ }).waitFor();
    await page.keyboard.press('f');
    await page.getByRole('dialog').getByRole('radio').first().check();
    await page.getByText(`nightdesk fork ${task} --step one`).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('goes on from').waitFor();
  });

  it('changes the limits of an agent after their plan, and says so on top until it is undone', async () => {
    await console.open('/agents/asking');
    await page.getByRole('button', { name: /Change/ }).waitFor();
    await page.keyboard.press('c');
    await page.getByLabel('Tasks at a time').fill('2');
    await page.getByText('nightdesk set asking --concurrency 2 --for 30m').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Seen', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Interventions in force' }).getByText('asking').waitFor();
    expect((await desk.client.agents.get({ name: 'asking' })).inForce.concurrency).toBe(2);
  });

  it('makes a backup', async () => {
    await console.open('/settings');
    await page.getByRole('button', { name: /Make one now/ }).waitFor();
    await page.keyboard.press('m');
    await until(async () => (await desk.client.backups.list()).backups.length > 0);
    const [made] = (await desk.client.backups.list()).backups;
    await page.getByText(made?.name ?? '').waitFor();
    expect(existsSync(made?.file ?? '')).toBe(true);
  });

  describe.each(['dark', 'light'] as const satisfies readonly Theme[])('in the %s theme', (theme) => {
    const SCREENS: readonly { path: string; shows: string | RegExp; key?: string }[] = [
      { path: '/waiting', shows: 'oldest first' },
      { path: '/waiting', shows: 'oldest first', key: '2' },
      { path: '/agents/family', shows: 'Route' },
      { path: '/agents/family', shows: 'Route', key: 'c' },
      { path: '/providers', shows: 'What befell them' },
      { path: '/tasks?state=failed', shows: 'match' },
      { path: '/settings', shows: 'Database' },
    ];

    it.each(SCREENS)('keeps nobody out, and fits: $path $key', async ({ path, shows, key }) => {
      const [open] = await desk.client.questions.list({ open: true });
      if (open === undefined) await questionOf(await submit('drafting', draft(0.2)));
      const themed = await openConsole(browser(), desk.folder, { theme });
      try {
        await themed.open(path);
        await themed.page.locator('main').getByText(shows).first().waitFor();
        await themed.page.getByText(/data .* old/).waitFor({ state: 'attached' });
        if (key !== undefined) await themed.page.keyboard.press(key);
        for (const size of Object.values(SIZES)) {
          await themed.page.setViewportSize(size);
          expect.soft(await overflow(themed.page), `${size.width} px wide`).toEqual([]);
          expect.soft(await violations(themed.page), `${size.width} px wide`).toEqual([]);
        }
        expect.soft(themed.troubles).toEqual([]);
      } finally {
        await themed.close();
      }
    });
  });
});
