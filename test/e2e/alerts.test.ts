import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '#contract/incident.ts';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import type { TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { breakProvider, startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

const RULES = `rules:
  - name: nothing-ends
    description: Nothing ends
    agent: invoice-triage
    measure: ends
    window: 1h
    above: 1000000
    runbook: provider-down
`;

describeInBrowser('alerts, by keyboard alone', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;
  let outage: Incident;

  beforeAll(async () => {
    desk = await startRehearsal(120);
    mkdirSync(join(desk.folder, 'alerts'), { recursive: true });
    writeFileSync(join(desk.folder, 'alerts', 'team.yaml'), RULES);
    writeFileSync(
      join(desk.folder, 'nightdesk.yaml'),
      'routes: { lead: { kind: native } }\nalerts: { escalate: [{ after: 10m, to: [lead] }] }\n',
    );
    outage = await breakProvider(desk);
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  const dialog = () => page.getByRole('dialog');
  const region = (name: string) => page.getByRole('region', { name });
  const strip = () => page.getByRole('list', { name: 'Interventions in force' });
  const outageAlert = async () =>
    (await desk.client.alerts.list({})).find(
      ({ rule, subject }) => rule === 'provider-breaker-open' && subject === 'anthropic',
    );

  /** The Alerts view with the cursor at the provider's alert. */
  async function atTheAlert(): Promise<void> {
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('heading', { level: 1, name: 'Alerts' }).waitFor();
    const row = region('Firing now').getByRole('listitem').filter({ hasText: 'anthropic is down' });
    await row.waitFor();
    await until(async () => {
      if ((await row.getAttribute('data-selected')) !== null) return true;
      await page.keyboard.press('j');
      return false;
    });
  }

  it('acknowledges', async () => {
    await console.open('/');
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await atTheAlert();
    await page.keyboard.press('a');
    await region('Firing now')
      .getByText(/is at it for another/)
      .waitFor();
    expect(await outageAlert()).toMatchObject({ state: 'acknowledged' });
    await until(async () => (await desk.client.incidents.get({ id: outage.id })).state === 'acknowledged');
  });

  it('escalates, and says when there is nobody else', async () => {
    await atTheAlert();
    await page.keyboard.press('e');
    await dialog().getByText('nightdesk alert escalate').waitFor();
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await region('Firing now').getByText('escalated to step 1').waitFor();
    await page.keyboard.press('e');
    await dialog().getByRole('button', { name: 'Tell them now' }).waitFor();
    await page.keyboard.press('Enter');
    await dialog().getByRole('alert').getByText('There is nobody else to tell.').waitFor();
    await page.keyboard.press('Escape');
  });

  it('snoozes', async () => {
    await atTheAlert();
    await page.keyboard.press('z');
    await dialog().getByRole('radio', { name: '30 min' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await region('Firing now')
      .getByText(/snoozed for another/)
      .waitFor();
    expect((await outageAlert())?.covers[0]).toMatchObject({ cover: 'snoozed' });
  });

  it('silences with a reason; the strip shows it with its end, and Undo takes it back', async () => {
    await atTheAlert();
    await page.keyboard.press('s');
    await dialog().getByLabel('Why').waitFor();
    await page.keyboard.type('the vendor is at it');
    await page
      .getByText(/nightdesk alert silence --rule provider-breaker-open --subject anthropic --for 60m/)
      .waitFor();
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await region('Firing now')
      .getByText(/silenced for another/)
      .waitFor();
    await strip()
      .getByText(/silenced by .+ ends in/)
      .waitFor();
    const [silence] = await desk.client.alerts.silences();
    expect(silence).toMatchObject({ reason: 'the vendor is at it', matcher: { subject: 'anthropic' } });

    const row = region('Silenced').getByRole('listitem');
    await until(async () => {
      if ((await row.getAttribute('data-selected')) !== null) return true;
      await page.keyboard.press('j');
      return false;
    });
    await page.keyboard.press('u');
    await region('Silenced').waitFor({ state: 'detached' });
    expect(await desk.client.alerts.silences()).toEqual([]);
  });

  it('silences from the palette by words, and from the incident by its key', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('silence alerts');
    await page.getByRole('option', { name: 'Silence alerts…' }).waitFor();
    await page.keyboard.press('Enter');
    await dialog().getByLabel('Why').waitFor();
    await page.keyboard.type('moving house');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('reply-*');
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await until(async () => (await desk.client.alerts.silences())[0]?.matcher.agent === 'reply-*');

    await console.open(`/incidents/${outage.id}`);
    await page.getByRole('toolbar', { name: 'What you can do' }).waitFor();
    await page.keyboard.press('s');
    await dialog().getByRole('radio', { name: 'provider-breaker-open, of anthropic' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('shows a rule of a file: when it holds, who is told, its runbook', async () => {
    await console.open('/alerts');
    await page.getByRole('row', { name: /nothing-ends/ }).waitFor();
    const rule = page.locator('[id="rule nothing-ends"]');
    await until(async () => {
      if ((await rule.getAttribute('data-selected')) !== null) return true;
      await page.keyboard.press('j');
      return false;
    });
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Nothing ends' }).waitFor();
    await page.getByText('ended tasks of invoice-triage over 60 min is above 1000000').waitFor();
    await page.getByText(/team\.yaml --last 7d/).waitFor();
    await page.getByText('Not in 28 days.').waitFor();
  });

  describe.each(Object.entries(SIZES))('at %s', (_, size) => {
    it.each(['dark', 'light'] satisfies Theme[])('is readable and within the page, %s', async (theme) => {
      const other = await openConsole(browser(), desk.folder, { size, theme });
      try {
        for (const address of ['/alerts', '/alerts/provider-breaker-open', '/alerts?silence']) {
          await other.open(address);
          await other.page
            .getByText(address === '/alerts?silence' ? 'For how long' : /28 d/)
            .first()
            .waitFor();
          expect([address, await overflow(other.page)]).toEqual([address, []]);
          expect([address, await violations(other.page)]).toEqual([address, []]);
        }
      } finally {
        await other.close();
      }
    });
  });
});
