// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import type { TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

const AGENT = 'invoice-triage';
const TEXT = `---
runbook: 1
title: Queue by hand
inputs:
  agent: { type: agent, required: true }
owner: platform
reviewed: 2999-01-01
---
# Queue by hand

## Confirm

- [ ] **It waits** \`verify queued_tasks(agent=\${agent}) >= 0 within 1m\`

## Mitigate

- [ ] **Stop intake** \`pause agent=\${agent} for=30m confirm\`
  - undo: \`resume agent=\${agent}\`

## Verify

- [ ] **It is empty** \`verify queued_tasks(agent=\${agent}) <= 10 within 15m\`
`.replaceAll('\n', '\r\n');

describeInBrowser('one step of a runbook as a form, by the keyboard alone', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;
  let file: string;

  const read = (): string => readFileSync(file, 'utf8');
  const dialog = () => page.getByRole('dialog', { name: 'Edit step' });
  const difference = () => dialog().getByRole('region', { name: 'What changes in the file' });

  /** Opens the form of the second step: down, down, m. */
  async function openForm(): Promise<void> {
    await console.open('/runbooks/queue-by-hand');
    await page.getByText('Stop intake').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('m');
    await dialog().getByLabel('Title').waitFor();
  }

  beforeAll(async () => {
    desk = await startRehearsal(0);
    file = join(desk.folder, 'runbooks', 'queue-by-hand.md');
    writeFileSync(file, TEXT);
    await until(async () => (await desk.client.runbooks.list()).some(({ name }) => name === 'queue-by-hand'));
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  it('shows what changes in the file, and saves only those lines', async () => {
    await openForm();
    // The title has the focus; it is bold in the file, and is written without the marks.
    await until(() => page.evaluate(() => document.activeElement?.tagName === 'INPUT'));
    expect(await dialog().getByLabel('Title').inputValue()).toBe('Stop intake');
    await page.keyboard.press('End');
    await page.keyboard.type(' now');
    await dialog().getByLabel('Ends by itself after').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('1h');
    await difference().getByText('for=1h').waitFor();
    expect(read()).toBe(TEXT);
    await dialog().getByRole('button', { name: 'Save the step', disabled: false }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page
      .getByRole('status')
      .filter({ hasText: `Saved in ${file}` })
      .waitFor();
    const line = '**Stop intake now** `pause agent=${agent} for=1h confirm`';
    expect(read()).toBe(TEXT.replace('**Stop intake** `pause agent=${agent} for=30m confirm`', line));
    await page.getByText('Stop intake now').first().waitFor();
    const { entries } = await desk.client.audit.list({ what: 'runbook.saved', limit: 1 });
    expect(entries[0]).toMatchObject({ subject: 'queue-by-hand', details: { file } });
    writeFileSync(file, TEXT);
  });

  it('opens by the mouse, too', async () => {
    await console.open('/runbooks/queue-by-hand');
    await page.getByRole('button', { name: 'Edit step: It waits' }).click();
    await dialog().getByLabel('What must hold').waitFor();
    expect(await dialog().getByLabel('By when').inputValue()).toBe('1m');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('says at each field what is wrong with it, in words, and asks before a change is thrown away', async () => {
    await openForm();
    await dialog().getByLabel('Agent').fill('invoice-triaeg');
    await dialog().getByText('No agent here is called invoice-triaeg. Write invoice-triage.').waitFor();
    await dialog().getByLabel('Confirmed by').selectOption({ label: 'nobody' });
    await dialog().getByText('pause acts without a confirmation. Add confirm.').waitFor();
    await dialog().getByText('2 errors: the runbook does not start before that is mended.').waitFor();
    await page.keyboard.press('Escape');
    await dialog().getByText('The change is not saved.').waitFor();
    await dialog().getByRole('button', { name: 'Throw it away' }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(read()).toBe(TEXT);
  });

  it('asks for what another verb needs, and writes a text under the step', async () => {
    await openForm();
    await dialog().getByLabel('What it does').selectOption('wait');
    await dialog().getByLabel('How long').fill('2m');
    await dialog().getByLabel('Text under it, in Markdown').fill('Time for the workers to finish.\n\nLook at them.');
    await difference().getByText('wait 2m').waitFor();
    await difference().getByText('Look at them.').waitFor();
    await dialog().getByLabel('Text under it, in Markdown').press('Control+Enter');
    await page.getByRole('status').filter({ hasText: 'Saved in' }).waitFor();
    const under =
      '- [ ] **Stop intake** `wait 2m`\r\n\r\n  Time for the workers to finish.\r\n\r\n  Look at them.\r\n  - undo';
    expect(read()).toContain(under);
    writeFileSync(file, TEXT);
  });

  it('writes over nobody: where the file was changed meanwhile, the change is shown on the file as it is now', async () => {
    await openForm();
    await dialog().getByLabel('Ends by itself after').fill('45m');
    await difference().getByText('for=45m').waitFor();
    const theirs = TEXT.replace('**It waits**', '**It really waits**');
    writeFileSync(file, theirs);
    await dialog().getByRole('button', { name: 'Save the step', disabled: false }).click();
    await dialog().getByText('The file was changed by somebody else meanwhile.').waitFor();
    expect(read()).toBe(theirs);
    await dialog().getByRole('button', { name: 'Save the step', disabled: false }).click();
    await page.getByRole('status').filter({ hasText: 'Saved in' }).waitFor();
    expect(read()).toBe(theirs.replace('for=30m', 'for=45m'));
    writeFileSync(file, TEXT);
  });

  it('opens from a run too: the run keeps its step until somebody adopts the other', async () => {
    await until(async () => (await desk.client.runbooks.source({ name: 'queue-by-hand' })).text === TEXT);
    await until(async () => {
      const { sections } = await desk.client.runbooks.get({ name: 'queue-by-hand' });
      return sections[1]?.steps[0]?.directive?.forMs === 1_800_000;
    });
    const run = await desk.client.runs.start({ runbook: 'queue-by-hand', inputs: { agent: AGENT } });
    await console.open(`/runs/${run.id}`);
    await page.getByRole('button', { name: 'Edit step: It waits' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('m');
    await dialog().getByLabel('Ends by itself after').fill('10m');
    await difference().getByText('for=10m').waitFor();
    await dialog().getByRole('button', { name: 'Save the step', disabled: false }).click();
    await page.getByText('The runbook’s file was edited: one step differs.').waitFor();
    expect((await desk.client.runs.get({ id: run.id })).steps[1]?.directive).toContain('for=30m');
    await page.getByRole('button', { name: 'Adopt all' }).click();
    await until(async () => (await desk.client.runs.get({ id: run.id })).steps[1]?.directive?.includes('for=10m'));
    writeFileSync(file, TEXT);
  });

  describe.each(['dark', 'light'] as const)('in %s', (theme: Theme) => {
    it.each(Object.entries(SIZES))('is sound at %s: axe, and nothing cut off', async (_name, size) => {
      const other = await openConsole(browser(), desk.folder, { theme, size });
      try {
        await other.open('/runbooks/queue-by-hand');
        await other.page.getByText('Stop intake').first().waitFor();
        await other.page.keyboard.press('j');
        await other.page.keyboard.press('j');
        expect(await violations(other.page)).toEqual([]);
        await other.page.keyboard.press('m');
        const form = other.page.getByRole('dialog', { name: 'Edit step' });
        await form.getByLabel('Ends by itself after').fill('soon');
        await form.getByText('is not a span').waitFor();
        await form.getByText('Seldom needed').click();
        await form.getByLabel('People who agree').waitFor();
        expect(await violations(other.page)).toEqual([]);
        expect(await overflow(other.page)).toEqual([]);
        expect(await form.getByRole('button', { name: 'Save it as it is' }).isVisible()).toBe(true);
        expect(other.troubles).toEqual([]);
      } finally {
        await other.close();
      }
    });
  });
});
