import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import type { TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { breakProvider, startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

const AGENT = 'invoice-triage';
const SOUND = `---
runbook: 1
title: Queue by hand
inputs:
  agent: { type: agent, required: true }
owner: platform
reviewed: 2999-01-01
---
# Queue by hand

It waits.

## Confirm

- [ ] **It waits** \`verify queued_tasks(agent=\${agent}) >= 0 within 1m\`

## Mitigate

- [ ] **Stop intake** \`pause agent=\${agent} for=30m confirm\`

## Verify

- [ ] **It is empty** \`verify queued_tasks(agent=\${agent}) <= 10 within 15m\`
`;

describeInBrowser('the editor of runbooks, by the keyboard alone', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;
  let folder: string;

  const text = () => page.getByRole('textbox', { name: 'Text of the runbook' });
  const fileText = (name: string): string => readFileSync(join(folder, `${name}.md`), 'utf8');
  const said = (words: string | RegExp) => page.getByRole('status').filter({ hasText: words });

  /** Puts the cursor behind a piece of the text, as a person who searches does. */
  async function findText(piece: string): Promise<void> {
    await text().focus();
    await page.keyboard.press('Control+f');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(piece);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowRight');
  }

  beforeAll(async () => {
    desk = await startRehearsal(120);
    folder = join(desk.folder, 'runbooks');
    writeFileSync(join(folder, 'queue-by-hand.md'), SOUND);
    execFileSync('git', ['-C', folder, 'init', '--quiet']);
    const as = ['-C', folder, '-c', 'user.name=Ana', '-c', 'user.email=ana@example.com'];
    execFileSync('git', [...as, 'add', '.']);
    execFileSync('git', [...as, 'commit', '--quiet', '--message', 'Queue by hand begun']);
    await until(async () => (await desk.client.runbooks.list()).some(({ name }) => name === 'queue-by-hand'));
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  it('opens from the runbook with one key, its checklist beside its text', async () => {
    await console.open('/runbooks/queue-by-hand');
    await page.keyboard.press('e');
    await text().waitFor();
    const preview = page.getByRole('region', { name: 'Preview' });
    await preview.getByText('Stop intake').waitFor();
    await page.getByText('Sound').waitFor();
  });

  it('offers what can be written, from what this desk has, and says what is wrong while one writes', async () => {
    await findText('for=30m confirm');
    await page.keyboard.press('Backspace');
    for (const _letter of 'confirm') await page.keyboard.press('Backspace');
    await page.getByText('1 error').waitFor();
    await page.getByText('Not saved', { exact: true }).waitFor();
    // The remedy of the line, by one key.
    await page.keyboard.press('Control+.');
    await page.getByText('Sound').waitFor();

    await findText('pause agent=');
    await page.keyboard.press('Control+Space');
    await page.getByRole('option', { name: AGENT }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('tries the step at the cursor: its plan from the live state, nothing changed', async () => {
    await findText('Stop intake');
    await page.keyboard.press('Control+Enter');
    await said('Dry run, nothing was changed').waitFor();
    await said(/open → paused/).waitFor();
    expect(await desk.client.actions.interventions()).toEqual([]);
  });

  it('keeps what was not saved when the page is loaded again', async () => {
    await findText('It waits.');
    await page.keyboard.type(' Nobody is served.');
    await page.getByText('Nobody is served.', { exact: false }).last().waitFor();
    await until(() =>
      page.evaluate(() => sessionStorage.getItem('nightdesk.runbook.queue-by-hand')?.includes('served')),
    );
    page.once('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await said('Restored').waitFor();
    await page.getByText('Not saved', { exact: true }).waitFor();
    expect(fileText('queue-by-hand')).toBe(SOUND);
  });

  it('asks before another view comes, and stays when it is told to', async () => {
    await page.getByRole('link', { name: 'Read it' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Not saved yet' });
    await dialog.waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe('/runbooks/queue-by-hand/edit');
    await page.goBack();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe('/runbooks/queue-by-hand/edit');
  });

  it('puts an edit from outside together with one of other lines, and saves both', async () => {
    writeFileSync(join(folder, 'queue-by-hand.md'), SOUND.replace('<= 10', '<= 20'));
    await said('in other lines than yours').waitFor();
    await text().focus();
    await page.keyboard.press('Control+s');
    await said('Saved in').waitFor();
    const saved = fileText('queue-by-hand');
    expect(saved).toContain('Nobody is served.');
    expect(saved).toContain('<= 20');
  });

  it('shows an edit of the same lines side by side, and loses neither', async () => {
    await findText('Nobody is served');
    await page.keyboard.type(' by us');
    const theirs = fileText('queue-by-hand').replace('Nobody is served', 'Few are served');
    writeFileSync(join(folder, 'queue-by-hand.md'), theirs);
    await said('in lines that you edited').waitFor();
    await page.getByRole('textbox', { name: 'Your text' }).getByText('Nobody is served by us').waitFor();
    await page.getByRole('textbox', { name: 'The file as it is now' }).getByText('Few are served').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(fileText('queue-by-hand')).toBe(theirs);
    await page.getByRole('button', { name: 'Go on with the left text' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+s');
    await said('Saved in').waitFor();
    expect(fileText('queue-by-hand')).toContain('Nobody is served by us');
  });

  it("shows the versions in the folder's git, and what changed since", async () => {
    await page.getByRole('button', { name: 'History' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Queue by hand begun').waitFor();
    await page.getByRole('button', { name: 'Compare with the text' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'What changed since that version' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('saves a shipped one as a copy that stands over it, and the audit log says who did', async () => {
    await console.open('/runbooks/provider-down/edit');
    const shipped = (await desk.client.runbooks.source({ name: 'provider-down' })).text;
    await findText('# LLM provider unavailable');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Ours.');
    await page.keyboard.press('Control+s');
    await said('It stands over the shipped').waitFor();
    expect(fileText('provider-down')).toBe(
      shipped.replace('# LLM provider unavailable\n', '# LLM provider unavailable\nOurs.\n'),
    );
    const { entries } = await desk.client.audit.list({ what: 'runbook', limit: 10 });
    expect(entries[0]).toMatchObject({ what: 'runbook.saved', subject: 'provider-down', by: { via: 'console' } });
  });

  it('writes a new one for an alert that has none, under a name of its own', async () => {
    const rules = await desk.client.alerts.rules();
    const rule = rules.find(({ runbooks, from }) => runbooks.length === 0 && from === 'shipped') ?? rules[0];
    if (rule === undefined) throw new Error('no rule');
    await console.open(`/runbooks/new-runbook/edit?from=alert:${rule.name}`);
    await said(`A new runbook for the alert ${rule.name}`).waitFor();
    await page.getByLabel("Its name, and its file's").focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('for-the-alert');
    await page.keyboard.press('Control+s');
    await page.waitForURL('**/runbooks/for-the-alert/edit');
    await page.getByText('Saved', { exact: true }).waitFor();
    const made = await until(async () =>
      (await desk.client.runbooks.list()).find(({ name }) => name === 'for-the-alert'),
    );
    expect(made).toMatchObject({ live: true, matchAlerts: [rule.name], errors: 0 });
  });

  it('makes steps of what was done in an incident', async () => {
    const incident = await breakProvider(desk);
    const [agent = AGENT] = incident.agents;
    await desk.client.actions.execute({ action: { verb: 'pause', agent }, key: 'editor-spec-pause' });
    await until(async () => {
      const { timeline } = await desk.client.incidents.get({ id: incident.id });
      return timeline.some(({ kind, text: what }) => kind === 'action' && what.includes('paused'));
    });
    await console.open(`/incidents/${incident.id}`);
    await page.getByRole('link', { name: 'Write a runbook from what was done here' }).focus();
    await page.keyboard.press('Enter');
    await said(`What was done in incident ${incident.id}, as steps`).waitFor();
    await page.getByRole('region', { name: 'Preview' }).getByText('Stop intake of').waitFor();
  });

  it('needs no exception from the policy of the page, and broke nothing on the way', () => {
    expect(console.troubles).toEqual([]);
  });

  describe.each(['dark', 'light'] as const satisfies readonly Theme[])('in the %s theme', (theme) => {
    it.each(['large', 'small'] as const)('keeps nobody out, and stays within a %s window', async (size) => {
      const other = await openConsole(browser(), desk.folder, { theme, size: SIZES[size] });
      await other.open('/runbooks/queue-by-hand/edit');
      await other.page.getByRole('region', { name: 'Preview' }).getByText('Stop intake').waitFor();
      expect(await violations(other.page)).toEqual([]);
      expect(await overflow(other.page)).toEqual([]);
      expect(other.troubles).toEqual([]);
      await other.close();
    });
  });
});
