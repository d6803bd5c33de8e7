import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import { dataFolder, type TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

const TODAY = new Date().toISOString().slice(0, 10);
const OURS = {
  'proof.md': `---
runbook: 1
title: Aardvark is proven
failure: aardvark
inputs: { agent: { type: agent, default: reply-drafts } }
owner: night-shift
reviewed: ${TODAY}
---
# Aardvark is proven

## Confirm
- [ ] Look at the board

## Verify
- [ ] **Intake is open** \`verify intake(agent=\${agent}) == open within 5s every 100ms\`
`,
  'by-hand.md': '# By hand\n\n## Mitigate\n\n- Turn it off and on\n',
};

describeInBrowser('the library of runbooks, by keyboard alone', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;
  let proof: number;

  beforeAll(async () => {
    const folder = dataFolder();
    mkdirSync(join(folder, 'runbooks'));
    for (const [name, text] of Object.entries(OURS)) writeFileSync(join(folder, 'runbooks', name), text);
    mkdirSync(join(folder, 'alerts'));
    writeFileSync(
      join(folder, 'alerts', 'team.yaml'),
      'rules:\n  - { name: too-many-failed, measure: failed, above: 3 }\n',
    );
    desk = await startRehearsal(0, { folder });
    const run = await desk.client.runs.start({ runbook: 'proof', inputs: {} });
    proof = run.id;
    const told = await desk.client.runs.command({ id: proof, command: { do: 'check-off', step: run.current ?? '' } });
    await desk.client.runs.command({ id: proof, command: { do: 'confirm', step: told.current ?? '' } });
    await until(async () => (await desk.client.runs.get({ id: proof })).outcome === 'recovered');
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  const row = (title: string) => page.getByRole('row').filter({ hasText: title });
  const titles = () => page.locator('tbody tr td:first-child a').allTextContents();
  const atLibrary = async () => {
    await console.open('/runbooks');
    await row('Aardvark').getByText('Proven', { exact: true }).waitFor();
  };

  it('says of each how fresh it is: shape, word and colour', async () => {
    await atLibrary();
    const proven = row('Aardvark');
    expect(await proven.locator('[data-tone="met"] svg').count()).toBeGreaterThan(0);
    expect(await proven.textContent()).toMatch(/in rehearsal/);
    const unreviewed = row('By hand');
    await unreviewed.locator('[data-tone="soon"]').getByText('Never reviewed').waitFor();
    expect(await unreviewed.textContent()).toMatch(/by hand, 1 step/);
  });

  it('is searched by words, by failure, alert and owner', async () => {
    await atLibrary();
    for (const [text, found] of [
      ['aardvark proven', 'Aardvark is proven'],
      ['owner:night-shift', 'Aardvark is proven'],
      ['failure:aardvark', 'Aardvark is proven'],
      ['alert:provider-breaker-open', 'LLM provider unavailable'],
    ] as const) {
      await page.keyboard.press('/');
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(text);
      await until(async () => (await titles()).join() === found);
      await page.keyboard.press('Escape');
    }
  });

  it('shows what is stale, faulty, or done by hand alone', async () => {
    await atLibrary();
    await page.keyboard.press('s');
    await row('Aardvark').waitFor({ state: 'detached' });
    await row('By hand').waitFor();
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'By hand', exact: true }).focus();
    await page.keyboard.press('Enter');
    await until(async () => (await titles()).join() === 'By hand');
  });

  it('is sorted by a heading, what most needs a look first', async () => {
    await atLibrary();
    expect((await titles())[0]).toBe('Aardvark is proven');
    await page.getByRole('button', { name: 'State', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.locator('th[aria-sort]').getByText('State').waitFor();
    await until(async () => (await titles())[0] === 'By hand');
    expect((await titles()).at(-1)).toBe('Aardvark is proven');
  });

  it('leads to a runbook, its times and its proof', async () => {
    await atLibrary();
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/runbooks/proof');
    await page
      .getByText(/^takes .* · passed 1$/)
      .first()
      .waitFor();
    const use = page.getByRole('region', { name: 'Its use' });
    await use.getByText('1: 1 recovered, 0 ended without proof').waitFor();
    expect(await use.getByRole('link', { name: `run ${proof}` }).getAttribute('href')).toBe(`/runs/${proof}`);
  });

  it('names the alerts that nothing answers, and leads to writing it', async () => {
    const { unanswered } = await desk.client.runbooks.metrics();
    expect(unanswered.map(({ rule }) => rule)).toContain('too-many-failed');
    await atLibrary();
    const links = page.getByRole('region', { name: 'Alerts that no runbook answers' }).getByRole('link');
    expect(await links.count()).toBe(unanswered.length);
    await page.getByRole('link', { name: 'write one for too-many-failed' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/runbooks/too-many-failed/edit?from=alert:too-many-failed');
  });

  it('begins a new one from the template', async () => {
    await atLibrary();
    await page.keyboard.press('n');
    await page.waitForURL('**/runbooks/new-runbook/edit?from=template');
  });

  describe.each(['dark', 'light'] as const satisfies readonly Theme[])('in the %s theme', (theme) => {
    it.each([
      { name: 'library', path: '/runbooks', ready: 'Aardvark is proven' },
      { name: 'runbook', path: '/runbooks/proof', ready: 'Its use' },
    ])('keeps nobody out, and fits: $name', async ({ path, ready }) => {
      const themed = await openConsole(browser(), desk.folder, { theme });
      try {
        await themed.open(path);
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
