import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import type { TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { breakProvider, retriedTask, runUpTo, startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

/** A screen: its address, what it shows once it is there, and what is done to it before it is looked at. */
type Screen = { name: string; path: string; shows: string | RegExp; prepare?(page: Page): Promise<void> };

async function showPlan(page: Page): Promise<void> {
  await page.keyboard.press('j');
  await page.keyboard.press('p');
  await page.getByRole('dialog').getByText('Undone by').waitFor();
}

async function showPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByText('Runbook: LLM provider unavailable').waitFor();
}

async function showDialog(page: Page): Promise<void> {
  await page.getByRole('dialog').waitFor();
}

async function showHelp(page: Page): Promise<void> {
  await page.keyboard.press('?');
  await showDialog(page);
}

async function askForReason(page: Page): Promise<void> {
  await page.keyboard.press('e');
  await page.getByLabel(/The recovery is not proven/).waitFor();
}

async function showFirst(page: Page): Promise<void> {
  await page.keyboard.press('j');
}

/** What `ask` of an incident shows, by the key that asks it. */
function showAsk(key: string, shows: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.keyboard.press(key);
    await page.getByRole('dialog').getByText(shows).first().waitFor();
  };
}

async function chooseCall(page: Page): Promise<void> {
  await page.getByRole('option').filter({ hasText: 'openai' }).first().click();
  await page.getByText('Request').waitFor();
}

/** Colours are the theme's and the layout is the size's: each is audited once, in the half of the time. */
const AUDITED = { dark: SIZES.large, light: SIZES.small } as const satisfies Record<Theme, object>;

/** A task of another runtime's agent that has just ended. */
function endedElsewhere(now: number): object {
  return {
    kind: 'ended',
    runtime: 'cluster',
    agent: 'drafts',
    task: 'drafts-1',
    sequence: 1,
    at: now,
    acceptedAt: now - 4_000,
    startedAt: now - 3_000,
    end: 'succeeded',
    costUsd: 0.02,
  };
}

/** Stands in a path for a task that was tried more than once. */
const TASK = ':task';

const SCREENS: readonly Screen[] = [
  { name: 'board', path: '/', shows: 'Ended per minute' },
  { name: 'board, a plan over it', path: '/', shows: 'Ended per minute', prepare: showPlan },
  { name: 'board, the palette over it', path: '/', shows: 'Ended per minute', prepare: showPalette },
  { name: 'board, the keys over it', path: '/', shows: 'Ended per minute', prepare: showHelp },
  { name: 'incidents', path: '/incidents', shows: 'anthropic is down' },
  { name: 'incidents, one opened by hand', path: '/incidents?new', shows: 'anthropic is down', prepare: showDialog },
  { name: 'incident', path: '/incidents/1', shows: 'Timeline' },
  {
    name: 'incident, its severity',
    path: '/incidents/1',
    shows: 'Timeline',
    prepare: showAsk('v', 'customers notice'),
  },
  { name: 'incident, handed over', path: '/incidents/1', shows: 'Timeline', prepare: showAsk('h', 'Who takes over') },
  { name: 'incident, resolved', path: '/incidents/1', shows: 'Timeline', prepare: showAsk('r', 'Why it is over') },
  { name: 'an incident that is not there', path: '/incidents/999', shows: 'There is no incident 999' },
  { name: 'alerts', path: '/alerts', shows: 'Firing now', prepare: showFirst },
  { name: 'alerts, one silenced', path: '/alerts?silence', shows: 'Firing now', prepare: showDialog },
  { name: 'an alert rule', path: '/alerts/provider-breaker-open', shows: 'Fired lately' },
  { name: 'waiting', path: '/waiting', shows: 'Nothing waits for you' },
  { name: 'samples', path: '/samples', shows: 'right?' },
  { name: 'tasks', path: '/tasks', shows: 'newest first' },
  { name: 'tasks, none found', path: '/tasks?text=no-such-key', shows: 'No task matches this filter' },
  { name: 'task', path: `/tasks/${TASK}`, shows: /Attempt 1/ },
  { name: 'task, a call chosen', path: `/tasks/${TASK}`, shows: /Attempt 1/, prepare: chooseCall },
  { name: 'agents', path: '/agents', shows: 'invoice-triage' },
  { name: 'agent', path: '/agents/invoice-triage', shows: 'Objective' },
  {
    name: 'agent, its objective',
    path: '/agents/invoice-triage',
    shows: 'Objective',
    prepare: showAsk('o', 'In force'),
  },
  { name: 'agent of another runtime', path: '/agents/cluster.drafts', shows: 'Runs on cluster' },
  { name: 'runbooks', path: '/runbooks', shows: 'LLM provider unavailable' },
  { name: 'runbook', path: '/runbooks/provider-down', shows: 'Start run' },
  { name: 'runbook, edited', path: '/runbooks/provider-down/edit', shows: 'Shipped with Nightdesk' },
  { name: 'run', path: '/runs/1', shows: 'Will change' },
  { name: 'run, about to end', path: '/runs/1', shows: 'Will change', prepare: askForReason },
  { name: 'providers', path: '/providers', shows: 'openai' },
  { name: 'reports', path: '/reports', shows: 'without a verdict' },
  { name: 'report', path: '/reports/1', shows: 'Good minutes' },
  { name: 'audit', path: '/audit', shows: 'run.started' },
  { name: 'settings', path: '/settings', shows: 'Theme' },
  { name: 'an address of nothing', path: '/nowhere', shows: 'There is no such page' },
];

describeInBrowser('the views', (browser) => {
  let desk: TestDesk;
  let task: string;

  beforeAll(async () => {
    desk = await startRehearsal(120);
    await until(async () => (await desk.client.tasks.list({ state: ['succeeded'] })).total > 20);
    const { id } = await breakProvider(desk);
    task = (await retriedTask(desk)).id;
    const run = await desk.client.runs.start({ runbook: 'provider-down', incident: id, inputs: {} });
    await runUpTo(desk, run.id, 'reroute');
    await desk.client.health.ingest({ events: [endedElsewhere(Date.now())] });
    await desk.client.reports.make({});
  });
  afterAll(() => desk?.close());

  describe.each(['dark', 'light'] as const satisfies readonly Theme[])('in the %s theme, of', (theme) => {
    let console: ConsolePage;
    beforeAll(async () => {
      console = await openConsole(browser(), desk.folder, { theme });
    });
    afterAll(() => console?.close());

    it.each(SCREENS)('$name: keeps nobody out, fits, and says that it is a rehearsal', async (screen) => {
      const { page } = console;
      await page.setViewportSize(SIZES.large);
      await console.open(screen.path.replace(TASK, task));
      await page.locator('main').getByText(screen.shows).first().waitFor();
      await page.getByText(/data .* old/).waitFor({ state: 'attached' });
      await screen.prepare?.(page);
      for (const size of Object.values(SIZES)) {
        await page.setViewportSize(size);
        expect.soft(await page.getByText('Rehearsal', { exact: true }).isVisible()).toBe(true);
        expect.soft(await overflow(page), `${size.width} px wide`).toEqual([]);
        if (size === AUDITED[theme]) expect.soft(await violations(page), `${size.width} px wide`).toEqual([]);
      }
      expect.soft(console.troubles.splice(0)).toEqual([]);
    });
  });
});
