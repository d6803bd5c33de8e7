import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConsolePage, openConsole } from '../support/browser.ts';
import type { TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { breakProvider, runUpTo, startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

const VIEWS = {
  b: ['Board', '/'],
  i: ['Incidents', '/incidents'],
  t: ['Tasks', '/tasks'],
  a: ['Agents', '/agents'],
  r: ['Runbooks', '/runbooks'],
  p: ['Providers', '/providers'],
  u: ['Audit', '/audit'],
  s: ['Settings', '/settings'],
} as const;

/** Every key that types one character without Ctrl, Alt or Meta. */
const SINGLE_KEYS = [...'abcdefghijklmnopqrstuvwxyz0123456789?/'];

describeInBrowser('the keyboard', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;

  const dialog = () => page.getByRole('dialog');
  const selectedAgent = () => page.locator('tr[aria-current="true"]');
  const press = (keys: string) => page.keyboard.press(keys);
  /** How each agent takes work, and what is in force. */
  async function standing(): Promise<unknown> {
    const agents = await desk.client.agents.list();
    return {
      intake: agents.map((agent) => `${agent.name} ${agent.intake}`),
      interventions: await desk.client.actions.interventions(),
    };
  }
  const UNTOUCHED = {
    intake: ['daily-report open', 'invoice-triage open', 'reply-drafts open'],
    interventions: [],
  };

  beforeAll(async () => {
    desk = await startRehearsal(60);
    console = await openConsole(browser(), desk.folder);
    page = console.page;
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });
  afterEach(() => {
    expect(console.troubles.splice(0)).toEqual([]);
  });

  describe('everywhere', () => {
    beforeEach(() => console.open('/settings'));

    it.each(Object.entries(VIEWS))('g %s goes to %s', async (key, [title, path]) => {
      await press('g');
      await press(key);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      expect(new URL(page.url()).pathname).toBe(path);
    });

    it('? shows the keys, Esc closes', async () => {
      await press('?');
      await dialog().getByText('reroute it; its plan is shown first').waitFor();
      await press('Escape');
      await dialog().waitFor({ state: 'detached' });
    });

    it('Ctrl K finds a view by its words, and Enter goes there', async () => {
      await press('Control+k');
      await dialog().getByRole('combobox').waitFor();
      await page.keyboard.type('provid');
      await press('Enter');
      await page.waitForURL('**/providers');
      await dialog().waitFor({ state: 'detached' });
    });

    it('Ctrl K does every action: its plan is shown, and Esc does nothing', async () => {
      // The agents come with the board's first frame: a line that came later than the words would not be the chosen one.
      await page.getByText(/data .* old/).waitFor();
      await press('Control+k');
      await page.keyboard.type('drain invoice');
      await page.getByRole('option', { name: 'Drain invoice-triage' }).waitFor();
      await press('Enter');
      await dialog().getByText('Will change').waitFor();
      expect(await dialog().textContent()).toContain('nightdesk drain invoice-triage');
      await press('Escape');
      await dialog().waitFor({ state: 'detached' });
      expect(await standing()).toEqual(UNTOUCHED);
    });

    it('Ctrl K, again, closes what it opened', async () => {
      await press('Control+k');
      await dialog().waitFor();
      await press('Control+k');
      await dialog().waitFor({ state: 'detached' });
    });
  });

  describe('on the board', () => {
    beforeEach(async () => {
      await console.open('/');
      await page.locator('#agent-invoice-triage').waitFor();
    });

    it('j and k move the cursor, Enter opens the agent, Esc lets go', async () => {
      await press('j');
      const first = await selectedAgent().getAttribute('id');
      await press('j');
      expect(await selectedAgent().getAttribute('id')).not.toBe(first);
      await press('k');
      expect(await selectedAgent().getAttribute('id')).toBe(first);
      await press('Escape');
      expect(await selectedAgent().count()).toBe(0);
      await press('j');
      const name = (await selectedAgent().getAttribute('id'))?.replace('agent-', '') ?? '';
      await press('Enter');
      await page.waitForURL(`**/agents/${name}`);
      await page.getByRole('heading', { name, level: 1 }).waitFor();
    });

    it('/ filters: letters are text there, Enter goes back to the rows, Esc clears', async () => {
      await press('/');
      await page.keyboard.type('rep');
      await page.locator('#agent-invoice-triage').waitFor({ state: 'detached' });
      expect(await dialog().count()).toBe(0);
      await press('Enter');
      await press('j');
      expect(await selectedAgent().getAttribute('id')).toMatch(/daily-report|reply-drafts/);
      await press('/');
      await press('Escape');
      await page.locator('#agent-invoice-triage').waitFor();
    });

    it.each([
      ['p', 'Pause invoice-triage', 'paused'],
      ['r', 'Reroute invoice-triage', 'rerouted to openai'],
    ])('%s shows a plan, Enter does it and sees it done, Undo plans the way back', async (key, title, word) => {
      await press('/');
      await page.keyboard.type('invoice');
      await press('Enter');
      await press('j');
      await press(key);
      await dialog().getByRole('heading', { name: title }).waitFor();
      await dialog().getByText('Undone by').waitFor();
      expect(await standing()).toEqual(UNTOUCHED);
      await press('Enter');
      await dialog().getByText('Seen', { exact: true }).waitFor();
      await press('Enter');
      await dialog().waitFor({ state: 'detached' });
      const strip = page.getByRole('list', { name: 'Interventions in force' });
      await strip.getByText(`invoice-triage ${word} by`).waitFor();

      await press('Control+k');
      await page.keyboard.type('undo');
      await page.getByRole('option', { name: /undo/i }).first().waitFor();
      await press('Enter');
      await dialog().getByText('Will change').waitFor();
      expect(await desk.client.actions.interventions()).toHaveLength(1);
      await press('Enter');
      await dialog().getByText('Seen', { exact: true }).waitFor();
      await press('Enter');
      await strip.getByRole('listitem').waitFor({ state: 'detached' });
      expect(await standing()).toEqual(UNTOUCHED);
    });

    it('p without a cursor takes the first row, and asks nothing yet', async () => {
      await press('p');
      await selectedAgent().waitFor();
      expect(await dialog().count()).toBe(0);
    });
  });

  describe('in the tasks', () => {
    beforeEach(async () => {
      await console.open('/tasks');
      await page.locator('[id^="task-t"]').nth(3).waitFor();
    });

    it('j holds the table at a task, Enter opens it, Esc follows again', async () => {
      await press('j');
      await page.getByRole('button', { name: /^(Follow|\d+ new)$/ }).waitFor();
      await press('Escape');
      await page.getByText('live', { exact: true }).waitFor();
      await press('j');
      await press('Enter');
      await page.waitForURL(/\/tasks\/t\d+$/);
    });

    it('/ filters by key', async () => {
      await press('/');
      await page.keyboard.type('no-such-key');
      await page.getByText('No task matches this filter.').waitFor();
      expect(page.url()).toContain('no-such-key');
    });
  });

  describe.each([
    ['the agents', '/agents', /\/agents\/daily-report$/],
    ['the runbooks', '/runbooks', /\/runbooks\/[a-z-]+$/],
  ])('in %s', (_, path, opened) => {
    it('j and k move, Enter opens', async () => {
      await console.open(path);
      await page.locator('tr[data-selected]').waitFor();
      await press('j');
      await press('k');
      await press('Enter');
      await page.waitForURL(opened);
    });
  });

  describe('at the providers', () => {
    it('a limit is rehearsed as `nightdesk fault --limit` does it, and cleared', async () => {
      await console.open('/providers');
      const faultOf = async () => (await desk.client.providers.list()).find(({ name }) => name === 'rehearsal')?.fault;
      const card = page.getByRole('region', { name: 'rehearsal', exact: true });
      await card.getByRole('button', { name: 'Limit every call' }).focus();
      await press('Enter');
      await card.getByText('Fault', { exact: true }).waitFor();
      expect(await faultOf()).toMatchObject({ retryAfterMs: 30_000, down: false });
      await card.getByRole('button', { name: 'Clear' }).focus();
      await press('Enter');
      await until(async () => (await faultOf()) === null);
    });
  });

  describe('with an incident', () => {
    let incident: number;
    beforeAll(async () => {
      incident = (await breakProvider(desk)).id;
    });

    it('a on the board takes the incident, and no more', async () => {
      await console.open('/');
      const card = page.getByRole('region', { name: `Incident ${incident}` });
      await card.getByRole('button', { name: 'Acknowledge' }).waitFor();
      await press('a');
      await card.getByText(/taken by/).waitFor();
      expect(await standing()).toEqual(UNTOUCHED);
    });

    it('Enter in the list opens it, and b there opens its runbook with nothing done', async () => {
      await console.open('/incidents');
      await page.locator('li[data-selected]').waitFor();
      await press('Enter');
      await page.waitForURL(`**/incidents/${incident}`);
      await page.getByRole('button', { name: 'Start' }).waitFor();
      await press('b');
      await page.waitForURL('**/runs/1');
      await page.locator('li[aria-current="step"]').waitFor();
      const run = await desk.client.runs.get({ id: 1 });
      expect(new Set(run.steps.map((step) => step.state))).toEqual(new Set(['todo']));
    });

    it('b on the board goes on with the run that is begun', async () => {
      await console.open('/');
      await page.getByRole('button', { name: 'Go on' }).waitFor();
      await press('b');
      await page.waitForURL('**/runs/1');
    });

    describe('in its run', () => {
      beforeEach(async () => {
        await console.open('/runs/1');
        await page.locator('li[aria-current="step"]').waitFor();
      });

      it('s skips only with a reason', async () => {
        await press('s');
        await page.getByLabel(/Why go on past this step/).waitFor();
        await press('Enter');
        expect((await desk.client.runs.get({ id: 1 })).steps[0]?.state).toBe('todo');
        await press('Escape');
        await page.getByLabel(/Why go on past this step/).waitFor({ state: 'detached' });
      });

      it('e ends only with a reason, as long as the recovery is not proven', async () => {
        await press('e');
        await page.getByLabel(/The recovery is not proven/).waitFor();
        await press('Enter');
        await press('Escape');
        await page.getByLabel(/The recovery is not proven/).waitFor({ state: 'detached' });
        expect((await desk.client.runs.get({ id: 1 })).endedAt).toBeNull();
      });

      it('u says what it will run before it runs it', async () => {
        await runUpTo(desk, 1, 'reroute');
        await page.locator('li[aria-current="step"]').filter({ hasText: 'Shift' }).waitFor();
        await press('u');
        await page.getByText('Will run nightdesk resume').waitFor();
        expect(await desk.client.actions.interventions()).toHaveLength(1);
        await press('Enter');
        await until(async () => (await desk.client.actions.interventions()).length === 0);
        await page.locator('li[data-state="undone"]').waitFor();
      });
    });
  });

  describe.each([
    '/',
    '/incidents',
    '/incidents/1',
    '/tasks',
    '/tasks/t1',
    '/agents',
    '/agents/invoice-triage',
    '/runbooks',
    '/runbooks/provider-down',
    '/runs/1',
    '/audit',
    '/providers',
    '/settings',
  ])('at %s', (path) => {
    it('no single key changes anything: Enter on a plan does', async () => {
      const steps = async () => (await desk.client.runs.get({ id: 1 })).steps.map((step) => step.state);
      const before = { standing: await standing(), steps: await steps(), runs: await desk.client.runs.list({}) };
      await console.open(path);
      for (const key of SINGLE_KEYS) {
        await press(key);
        await press('Escape');
        if (new URL(page.url()).pathname !== path) await console.open(path);
      }
      const after = { standing: await standing(), steps: await steps(), runs: await desk.client.runs.list({}) };
      expect(after).toEqual(before);
    });
  });
});
