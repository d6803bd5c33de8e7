import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '#contract/basic.ts';
import { seedFolder } from '../bench/seed.ts';
import { type ConsolePage, openConsole } from '../support/browser.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { breakProvider, runUpTo, startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

/** Fewer ends than this are not enough to judge an agent by. */
const ENOUGH_ENDS = 20;

const letter = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../agents/reply-drafts/fixtures/01.json'), 'utf8'),
) as Json;

/** The open step of a run, when it is this one and its plan waits for the confirmation. */
const ready = (page: Page, title: string) =>
  page
    .locator('li[aria-current="step"][data-state="todo"]')
    .filter({ hasText: title })
    .locator('[data-variant="primary"]:enabled');

describeInBrowser('live, over a restart in the middle of a run', (browser) => {
  let desk: TestDesk;
  /** One person at the run, another at the board. */
  let atRun: ConsolePage;
  let atBoard: ConsolePage;
  let agent: string;

  beforeAll(async () => {
    desk = await startRehearsal(60);
    const incident = await breakProvider(desk);
    agent = incident.alerts[0]?.labels.agent ?? '';
    const run = await desk.client.runs.start({ runbook: 'provider-down', incident: incident.id, inputs: {} });
    await runUpTo(desk, run.id, 'pause');
    [atRun, atBoard] = await Promise.all([openConsole(browser(), desk.folder), openConsole(browser(), desk.folder)]);
    await atRun.open('/runs/1');
  });
  afterAll(async () => {
    await Promise.all([atRun?.close(), atBoard?.close()]);
    await desk?.close();
  });

  it('two pages see the same: what one does, the other shows', async () => {
    const card = atBoard.page.getByRole('region', { name: 'Incident 1' });
    await card.getByText(`Stop intake of ${agent}`).waitFor();
    await ready(atRun.page, `Stop intake of ${agent}`).waitFor();
    await atRun.page.keyboard.press('Enter');
    await ready(atRun.page, `Shift ${agent} to openai`).waitFor();
    await card.getByText(`Shift ${agent} to openai`).waitFor();
    for (const { page } of [atRun, atBoard]) {
      const strip = page.getByRole('list', { name: 'Interventions in force' });
      await strip.getByText(`${agent} paused by`).waitFor();
    }
  });

  it('shows old data as old when the desk is gone, and promises nothing', async () => {
    for (const { page } of [atRun, atBoard]) {
      await page.evaluate(() => {
        document.documentElement.dataset.sameDocument = 'yes';
      });
    }
    await desk.kill();
    for (const { page } of [atRun, atBoard]) {
      await page.getByText('Not known now').waitFor();
      await page.getByText(/connection lost · data .* old/).waitFor();
    }
    const rows = atBoard.page.getByRole('table', { name: 'Agents, worst first' }).locator('tbody tr');
    expect(await rows.count()).toBe(3);
    for (const row of await rows.all()) {
      expect(await row.getAttribute('data-hatched')).toBe('true');
      expect(await row.locator('td').first().textContent()).toMatch(/^Unknown/);
    }
    await atRun.page.keyboard.press('Enter');
    await atRun.page.getByRole('alert').getByText('Nothing was changed by this call.').waitFor();
    expect(await atRun.page.locator('li[aria-current="step"]').getAttribute('data-state')).toBe('todo');
  });

  it('goes to other views meanwhile: none of them takes the console away', async () => {
    const { page } = atBoard;
    for (const [key, heading] of [
      ['t', 'Tasks'],
      ['s', 'Settings'],
      ['b', 'Board'],
    ] as const) {
      const shown = page.getByRole('heading', { level: 1, name: heading });
      // On a busy machine more than the second between the two keys can pass.
      await until(async () => {
        await page.keyboard.press('g');
        await page.keyboard.press(key);
        return shown.isVisible();
      });
      await page.getByText(/connection lost · data .* old/).waitFor();
    }
  });

  it('comes back by itself, at the same step, and goes on', async () => {
    desk = await startRehearsal(60, { folder: desk.folder, port: new URL(atRun.address).port });
    for (const { page } of [atRun, atBoard]) {
      await page.getByText('Not known now').waitFor({ state: 'detached' });
      await page.getByText(/connection lost/).waitFor({ state: 'detached' });
      expect(await page.evaluate(() => document.documentElement.dataset.sameDocument)).toBe('yes');
    }
    await ready(atRun.page, `Shift ${agent} to openai`).waitFor();
    expect((await desk.client.agents.get({ name: agent })).intake).toBe('paused');
    await atRun.page.keyboard.press('Enter');
    await ready(atRun.page, 'Tell the team').waitFor();
    const inForce = await desk.client.actions.interventions();
    expect(inForce.map((one) => one.verb).toSorted()).toEqual(['pause', 'reroute']);
  });
});

describeInBrowser('live, under the hand', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;
  const submitLetters = async (count: number) => {
    const one = () => desk.client.tasks.submit({ agent: 'reply-drafts', input: letter });
    await Promise.all(Array.from({ length: count }, one));
  };

  beforeAll(async () => {
    desk = await startRehearsal(0);
    console = await openConsole(browser(), desk.folder);
    page = console.page;
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  it('no row of the board moves while a person is at one; Esc lets them go', async () => {
    const rows = page.getByRole('table', { name: 'Agents, worst first' }).locator('tbody tr');
    const order = () => rows.evaluateAll((all) => all.map((row) => row.id));
    await rows.nth(2).waitFor();
    const before = await order();
    expect(before.at(-1)).toBe('agent-reply-drafts');
    await page.keyboard.press('j');
    await submitLetters(ENOUGH_ENDS);
    await page.getByRole('button', { name: 'order changed' }).waitFor();
    expect(await order()).toEqual(before);
    await page.keyboard.press('Escape');
    await until(async () => (await order())[0] === 'agent-reply-drafts');
  });

  it('no task moves while a person is in the table: the new ones are counted', async () => {
    await console.open('/tasks');
    const rows = page.locator('[id^="task-t"]');
    await rows.nth(3).waitFor();
    await page.keyboard.press('j');
    const first = await rows.first().getAttribute('id');
    await submitLetters(3);
    const pill = page.getByRole('button', { name: '3 new' });
    await pill.waitFor();
    expect(await rows.first().getAttribute('id')).toBe(first);
    await pill.click();
    await until(async () => (await rows.first().getAttribute('id')) !== first);
  });
});

describeInBrowser('live, with 100,000 tasks', (browser) => {
  const TASKS = 100_000;
  let desk: TestDesk;
  let console: ConsolePage;

  beforeAll(async () => {
    const folder = dataFolder();
    seedFolder(folder, TASKS, Date.now());
    desk = await startDesk(folder);
    console = await openConsole(browser(), folder);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  describe('the task table', () => {
    it('reads older ones as it is scrolled, and holds only those in view', async () => {
      await console.open('/tasks');
      const { page } = console;
      const grid = page.getByRole('grid', { name: 'Tasks, newest first' });
      const rows = grid.locator('[id^="task-t"]');
      await rows.first().waitFor();
      const lowest = () =>
        rows.evaluateAll((all) => Math.min(...all.map((row) => Number(row.id.replace('task-t', '')))));
      // Ten pages of 500 deep.
      await until(async () => {
        await grid.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
        return (await lowest()) < TASKS - 5_000;
      });
      expect(await rows.count()).toBeLessThan(60);
      expect(console.troubles).toEqual([]);
    });
  });
});
