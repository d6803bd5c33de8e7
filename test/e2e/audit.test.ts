import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';

describeInBrowser('the audit log at the console, by the keyboard alone', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    desk = await startDesk(dataFolder(), '--rehearsal', '0');
    const { id } = await desk.client.incidents.open({ title: 'Odd answers', severity: 'sev3', agents: [] });
    await desk.client.incidents.note({ id, text: 'looking into it' });
    await desk.client.alertRoutes.test({ name: 'native' });
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  const rows = () => page.getByRole('list', { name: 'Entries, newest first' }).getByRole('button');

  it('lists what was done, newest first, and shows the entry at the cursor', async () => {
    await console.open('/');
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Audit' }).waitFor();
    await rows().first().waitFor();
    expect(await rows().locator('strong').allTextContents()).toEqual([
      'access.invited',
      'route.tested',
      'incident.note',
      'incident.opened',
      'desk.started',
    ]);
    await page.getByRole('region', { name: 'Entry 5', exact: true }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const entry = page.getByRole('region', { name: 'Entry 3', exact: true });
    await entry.getByText('looking into it').waitFor();
    const [newest] = (await desk.client.audit.list({ what: 'incident.note' })).entries;
    await entry.getByText(newest?.hash ?? 'no hash').waitFor();
  });

  it('filters by who and what', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('night');
    await rows().filter({ hasText: 'desk.started' }).waitFor();
    await rows().filter({ hasText: 'incident' }).first().waitFor({ state: 'detached' });
    expect(await rows().count()).toBe(1);
    await page.getByLabel('Who').fill('');
    await page.getByLabel('What').selectOption('incident');
    await rows().nth(1).waitFor();
    await rows().filter({ hasText: 'desk.started' }).waitFor({ state: 'detached' });
    expect(await rows().count()).toBe(2);
    await page.getByLabel('What').selectOption('');
  });

  it('verifies by one key, with what it was held against', async () => {
    await page.getByRole('heading', { name: 'Audit' }).click();
    await page.keyboard.press('v');
    const verdict = page.getByRole('region', { name: 'Verification' });
    await verdict.getByText('Sound', { exact: true }).waitFor();
    await verdict.getByText('5 entries read, held against audit.head').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
      it(`is for everybody, and nothing is cut off: ${theme}, ${size}`, async () => {
        const other = await openConsole(browser(), desk.folder, { theme, size: SIZES[size] });
        await other.open('/audit');
        await other.page.getByRole('region', { name: /^Entry \d+$/ }).waitFor();
        await other.page.keyboard.press('v');
        await other.page.getByRole('region', { name: 'Verification' }).waitFor();
        expect(await violations(other.page)).toEqual([]);
        expect(await overflow(other.page)).toEqual([]);
        if (process.env.NIGHTDESK_SHOTS) {
          await other.page.screenshot({ path: `${process.env.NIGHTDESK_SHOTS}/audit-${theme}-${size}.png` });
        }
        await other.close();
      });
    }
  }

  it('says how many there are, and goes back to the first of them', async () => {
    const { total } = await desk.client.audit.list({});
    const more = 120;
    const all = total + more;
    for (let n = 0; n < more; n += 1) await desk.client.incidents.note({ id: 1, text: `note ${n}` });
    await console.open('/audit');
    await page.getByText(`${all} entries, the newest 100 of them here`).waitFor();
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await rows().filter({ hasText: 'desk.started' }).waitFor();
    await page.getByText(`${all} entries`, { exact: true }).waitFor();
    expect(await rows().count()).toBe(all);
    expect(await violations(page)).toEqual([]);
  });

  it('says which entry somebody changed', async () => {
    const db = new Database(join(desk.folder, 'nightdesk.db'));
    db.exec('DROP TRIGGER audit_no_update');
    db.exec(`UPDATE audit SET subject = 'incident 9' WHERE seq = 2`);
    db.close();
    await page.keyboard.press('v');
    const verdict = page.getByRole('region', { name: 'Verification' });
    await verdict.getByText('Not sound').waitFor();
    await verdict.getByText('entry 2 is not what was written').waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
