import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunDetail, RunStep } from '#contract/runbook.ts';
import { type ConsolePage, openConsole } from '../support/browser.ts';
import { dataFolder, type TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { breakProvider, startRehearsal } from '../support/rehearsal.ts';
import { addTwoPeople } from '../support/two-people.ts';
import { until } from '../support/until.ts';

const TRAFFIC_PER_MINUTE = 120;
/** Of the whole night: a verify step alone holds for 20 s. */
const NIGHT_MS = 400_000;
/** What may take long on a loaded machine, ms. */
const STEP_MS = 120_000;

describeInBrowser('a night by the keyboard alone, the desk killed in its middle', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    const folder = dataFolder();
    addTwoPeople(folder);
    desk = await startRehearsal(TRAFFIC_PER_MINUTE, { folder });
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  const openStep = (on = page) => on.locator('li[aria-current="step"]');
  const ready = (on = page) =>
    on.locator('li[aria-current="step"][data-state="todo"]').locator('[data-variant="primary"]');
  const read = (id: number): Promise<RunDetail> => desk.client.runs.get({ id });

  /** Says yes to the step that is open, and waits until it is behind. */
  async function pass(run: number, step: RunStep): Promise<void> {
    await page.locator(`[id="step-${step.id}"][aria-current="step"][data-state="todo"]`).waitFor({ timeout: STEP_MS });
    if (step.verb === 'ask') await page.keyboard.press('1');
    await ready().and(page.locator(':enabled')).waitFor({ timeout: STEP_MS });
    await page.keyboard.press('Enter');
    await until(async () => {
      const now = (await read(run)).steps.find(({ id }) => id === step.id);
      if (now?.state === 'failed' || now?.state === 'no-data') throw new Error(`${step.id}: ${now.seen}`);
      return now?.state === 'passed';
    });
  }

  it(
    'goes from the firing alert to the verified recovery',
    async () => {
      const incident = await breakProvider(desk);
      await page.getByRole('region', { name: `Incident ${incident.id}` }).waitFor();
      await page.keyboard.press('b');
      await page.waitForURL(/\/runs\/\d+$/);
      const id = Number(/\d+$/.exec(page.url())?.[0]);

      for (;;) {
        const run = await read(id);
        const step = run.steps.find((one) => one.id === run.current);
        if (step === undefined || step.verb === 'ask') break;
        await pass(id, step);
      }
      const before = await read(id);
      expect(before.steps.filter(({ verb, state }) => verb === 'pause' && state === 'passed')).toHaveLength(1);

      const { folder } = desk;
      await desk.kill();
      await page
        .getByText(/connection lost/)
        .first()
        .waitFor();
      desk = await startRehearsal(TRAFFIC_PER_MINUTE, { folder, port: new URL(console.address).port });
      await page.getByText(/connection lost/).waitFor({ state: 'detached' });
      expect((await read(id)).current).toBe(before.current);
      await ready().waitFor({ timeout: STEP_MS });

      for (;;) {
        const run = await read(id);
        const step = run.steps.find((one) => one.id === run.current);
        if (step === undefined) break;
        await pass(id, step);
      }
      await page.getByText('Recovered: its verify steps held.').waitFor({ timeout: STEP_MS });
      expect(await read(id)).toMatchObject({ outcome: 'recovered', current: null, incident: incident.id });
    },
    NIGHT_MS,
  );

  it('stops an agent once a second person has agreed in a browser of their own', async () => {
    const run = await desk.client.runs.start({ runbook: 'two-people', inputs: { agent: 'reply-drafts' } });
    await console.open(`/runs/${run.id}`);
    await ready().waitFor();
    await page.keyboard.press('Enter');
    await until(async () => (await read(run.id)).steps[0]?.approvedBy.length === 1);
    expect((await desk.client.agents.get({ name: 'reply-drafts' })).intake).toBe('open');

    const context = await browser().newContext();
    try {
      const invited = await desk.cli('invite', 'ben', '--json');
      const theirs = await context.newPage();
      await theirs.goto((JSON.parse(invited.out) as { address: string }).address);
      await theirs.locator('h1').first().waitFor();
      await theirs.goto(`${console.address}/runs/${run.id}`);
      await ready(theirs).and(theirs.locator(':enabled')).waitFor();
      await theirs.keyboard.press('Enter');
      await until(async () => (await desk.client.agents.get({ name: 'reply-drafts' })).intake === 'paused');
      // The holder goes on; who only agreed does not hold it.
      await openStep().filter({ hasText: 'It is paused' }).and(page.locator('[data-state="todo"]')).waitFor();
      await page.keyboard.press('Enter');
      await page.getByText('Recovered: its verify steps held.').waitFor();
      await theirs.getByText('Recovered: its verify steps held.').waitFor();
      expect((await read(run.id)).steps[0]?.approvedBy).toEqual([run.holder.name, 'ben']);
    } finally {
      await context.close();
    }
  });
});
