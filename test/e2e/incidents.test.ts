import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '#contract/incident.ts';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import type { TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { breakProvider, startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

const TRAFFIC_PER_MINUTE = 60;

describeInBrowser('incidents, by keyboard alone', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;
  /** Opened by the alert of a provider that is down. */
  let outage: Incident;

  beforeAll(async () => {
    desk = await startRehearsal(TRAFFIC_PER_MINUTE);
    await desk.client.actions.execute({
      action: { verb: 'set', agent: 'invoice-triage', concurrency: 6, forMs: 3_600_000 },
      key: 'before-it-all',
    });
    outage = await breakProvider(desk);
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  const get = (id = outage.id) => desk.client.incidents.get({ id });
  const openByHand = (title: string) =>
    desk.client.incidents.open({ title, severity: 'sev3', agents: ['reply-drafts'] });
  const dialog = () => page.getByRole('dialog');
  const region = (name: string | RegExp) => page.getByRole('region', { name });

  /** The page of an incident, ready for its keys. */
  async function at(id: number): Promise<void> {
    await console.open(`/incidents/${id}`);
    await page.getByRole('toolbar', { name: 'What you can do' }).waitFor();
  }

  it('opens one from the list and from the palette', async () => {
    await console.open('/incidents');
    await page.getByRole('button', { name: 'Open one by hand' }).waitFor();
    await page.keyboard.press('n');
    await dialog().getByLabel('What is wrong, in one line').waitFor();
    await page.keyboard.type('Acme sees old replies');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Acme sees old replies' }).waitFor();
    expect((await desk.client.incidents.list({ open: true }))[0]).toMatchObject({
      title: 'Acme sees old replies',
      severity: 'sev2',
    });

    await page.keyboard.press('Control+k');
    await page.keyboard.type('open an incident by hand');
    await page.getByRole('option', { name: /Open an incident by hand/ }).waitFor();
    await page.keyboard.press('Enter');
    await dialog().getByLabel('What is wrong, in one line').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('finds in the list what is open, and by words', async () => {
    const over = await openByHand('Long over');
    await desk.client.incidents.resolve({ id: over.id, reason: 'it was nothing' });
    await console.open('/incidents');
    await page.getByRole('link', { name: 'Long over' }).waitFor();
    await page.keyboard.press('o');
    await page.getByRole('link', { name: 'Long over' }).waitFor({ state: 'detached' });
    await page.keyboard.press('o');
    await page.keyboard.press('/');
    await page.keyboard.type('long reply-drafts');
    await page.getByRole('link', { name: outage.title }).waitFor({ state: 'detached' });
    // Out of the field, then open.
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Long over' }).waitFor();
  });

  it('says at a glance what is wrong, what changed before it, and the next step', async () => {
    await at(outage.id);
    await region('What is wrong').getByText('reply-drafts').first().waitFor();
    const changes = await region('What changed before it').getByRole('listitem').allTextContents();
    const [breaker, limits] = ['the breaker of anthropic opened', 'set invoice-triage'].map((words) =>
      changes.findIndex((text) => text.includes(words)),
    );
    expect(breaker).toBeGreaterThanOrEqual(0);
    expect(limits, 'the nearest first').toBeGreaterThan(breaker ?? 0);
    await region('Next step').getByRole('button', { name: 'Start' }).waitFor();
  });

  it('acknowledges and notes', async () => {
    await at(outage.id);
    await page.keyboard.press('a');
    await page.getByText('Acknowledged').first().waitFor();
    await page.keyboard.press('n');
    await page.keyboard.type('The vendor is at it.');
    await page.keyboard.press('Enter');
    await region('Timeline').getByText('The vendor is at it.').waitFor();
    expect(await get()).toMatchObject({ state: 'acknowledged' });
  });

  it('changes severity and takes a role', async () => {
    await at(outage.id);
    await page.keyboard.press('v');
    await dialog().getByRole('radio', { name: /sev2/ }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.getByText(`nightdesk incident severity ${outage.id} sev1`).waitFor();
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    expect((await get()).severity).toBe('sev1');

    await page.keyboard.press('t');
    await dialog().getByRole('button', { name: 'Take it' }).waitFor();
    await page.keyboard.press('Enter');
    await region('People').getByText('commander').waitFor();
    expect((await get()).roles).toHaveLength(1);
  });

  it('hands over with a note drafted from the record', async () => {
    await at(outage.id);
    await page.keyboard.press('h');
    await dialog().getByLabel('Who takes over').waitFor();
    expect(await dialog().getByRole('textbox', { name: /^Open/ }).inputValue()).toContain('anthropic is down');
    await page.keyboard.type('ben');
    await page.keyboard.press('Control+Enter');
    await region('People').getByText('ben', { exact: true }).waitFor();
    expect(await get()).toMatchObject({
      roles: [{ role: 'commander', holder: { name: 'ben' } }],
      handovers: [{ to: 'ben' }],
    });
  });

  it('merges, follows, and takes it back', async () => {
    const twin = await openByHand('The same thing');
    await at(twin.id);
    await page.keyboard.press('m');
    const target = dialog().getByRole('radio', { name: new RegExp(`^${outage.id}: `) });
    await target.waitFor();
    // Arrows choose among radios; the first has the focus.
    await until(async () => {
      if (await target.isChecked()) return true;
      await page.keyboard.press('ArrowDown');
      return target.isChecked();
    });
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: outage.title }).waitFor();
    await page.getByText('Merged into it:').waitFor();
    expect((await get(twin.id)).mergedInto).toBe(outage.id);
    await page.keyboard.press('u');
    await dialog().getByRole('button', { name: 'Take it back' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Merged into it:').waitFor({ state: 'detached' });
    expect(await get(twin.id)).toMatchObject({ mergedInto: null, state: 'open' });
  });

  it('resolves with a reason, and reopens', async () => {
    const { id } = await openByHand('A typo');
    await at(id);
    await page.keyboard.press('r');
    await dialog().getByLabel('Why it is over').waitFor();
    await page.keyboard.type('mended');
    await page.keyboard.press('Enter');
    await region('What is wrong')
      .getByText(/: mended$/)
      .waitFor();
    await page.keyboard.press('o');
    await dialog().getByLabel('Why it is not over').waitFor();
    await page.keyboard.type('not everywhere');
    await page.keyboard.press('Enter');
    await page.getByText('Open', { exact: true }).first().waitFor();
    expect((await get(id)).state).toBe('open');
  });

  it('does not resolve over firing alerts before that is said', async () => {
    await at(outage.id);
    await page.keyboard.press('r');
    await dialog().getByLabel('Why it is over').waitFor();
    await page.keyboard.type('surely');
    await dialog().getByText('Alerts of it still fire.').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect((await get()).state).not.toBe('resolved');
  });

  it('edits the review, loses nothing to somebody else, and exports it', async () => {
    await at(outage.id);
    await page.keyboard.press('d');
    const text = dialog().getByRole('textbox', { name: 'Review in Markdown' });
    await text.waitFor();
    expect(await text.inputValue()).toContain(`# Incident ${outage.id}: ${outage.title}`);
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('Ours. ');
    await page.keyboard.press('Control+Enter');
    await dialog().getByText('Saved as version 1.').waitFor();
    await desk.client.incidents.saveDraft({ id: outage.id, text: 'Theirs.', version: 1 });
    await page.keyboard.type('More. ');
    await page.keyboard.press('Control+Enter');
    await dialog()
      .getByRole('alert')
      .getByText(/saved this review since you opened it/)
      .waitFor();
    await dialog().getByRole('button', { name: 'Keep mine over it' }).focus();
    await page.keyboard.press('Enter');
    await dialog().getByRole('alert').waitFor({ state: 'detached' });
    await text.focus();
    await page.keyboard.press('Control+Enter');
    await dialog().getByText('Saved as version 3.').waitFor();
    expect((await desk.client.incidents.draft({ id: outage.id })).text).toMatch(/^Ours\. More\. # Incident/);

    const download = page.waitForEvent('download');
    await dialog().getByRole('button', { name: 'Export' }).focus();
    await page.keyboard.press('Enter');
    expect((await download).suggestedFilename()).toBe(`incident-${outage.id}.md`);
    await page.keyboard.press('Escape');
  });

  it('reads its chart as a table, too', async () => {
    await at(outage.id);
    const summary = page.getByText('As a table');
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('columnheader', { name: 'What happened' }).waitFor();
    await page.getByRole('cell', { name: /alert: Alert: breaker of anthropic opens/ }).waitFor();
  });

  it('starts the next step', async () => {
    await at(outage.id);
    await region('Next step').getByRole('button', { name: 'Start' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/runs\/\d+$/);
    await until(async () => (await get()).run !== null);
  });

  describe.each(['dark', 'light'] as const satisfies readonly Theme[])('in the %s theme', (theme) => {
    const SCREENS: readonly { path: () => string; name: string; ready: string }[] = [
      { name: 'list', path: () => '/incidents', ready: 'Open only' },
      { name: 'open by hand', path: () => '/incidents?new', ready: 'What is wrong, in one line' },
      { name: 'page', path: () => `/incidents/${outage.id}`, ready: 'As a table' },
      { name: 'severity', path: () => `/incidents/${outage.id}?do=severity`, ready: 'sev1: customers are stopped' },
      { name: 'hand over', path: () => `/incidents/${outage.id}?do=hand-over`, ready: 'Who takes over' },
      {
        name: 'merge',
        path: () => `/incidents/${outage.id}?do=merge`,
        ready: 'Its alerts and its timeline move there',
      },
      { name: 'resolve', path: () => `/incidents/${outage.id}?do=resolve`, ready: 'Why it is over' },
      { name: 'review', path: () => `/incidents/${outage.id}?do=review`, ready: 'Draft it anew' },
    ];

    it.each(SCREENS)('keeps nobody out, and fits: $name', async ({ path, ready }) => {
      const themed = await openConsole(browser(), desk.folder, { theme });
      try {
        await themed.open(path());
        await themed.page.getByText(ready).first().waitFor();
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
