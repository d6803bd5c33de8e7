import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportSchema } from '#contract/report.ts';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { until } from '../support/until.ts';

const DAY_MS = 86_400_000;

/** Four weeks of another runtime's agents, a task each hour; every `badEach`th of an agent fails. */
function history(now: number): object[] {
  return Object.entries({ triage: 1_000, drafts: 8 }).flatMap(([agent, badEach]) =>
    Array.from({ length: 28 * 24 }, (_, n) => {
      const at = now - 28 * DAY_MS + n * 3_600_000;
      return {
        kind: 'ended',
        runtime: 'cluster',
        agent,
        task: `${agent}-${n}`,
        sequence: 1,
        at,
        acceptedAt: at - 4_000 - (n % 10) * 1_000,
        startedAt: at - 3_000,
        end: n % badEach === badEach - 1 ? 'failed' : 'succeeded',
        costUsd: 0.02,
      };
    }),
  );
}

describeInBrowser('reports at the console, by the keyboard alone', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    desk = await startDesk(dataFolder());
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  it('says what to do next while none was made', async () => {
    await console.open('/');
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.getByText('No report was made yet.').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('makes one of the last week by one key, and says of each objective what can be said', async () => {
    const answer = await desk.client.health.ingest({ events: history(Date.now()) });
    expect(answer).toMatchObject({ accepted: 2 * 28 * 24, refused: 0 });
    await page.keyboard.press('n');
    await page.getByRole('heading', { name: /^Week \d{4}-W\d\d$/ }).waitFor();
    const objectives = page.getByRole('region', { name: 'Objectives' });
    await objectives.getByRole('button', { name: /cluster\.triage.*Met|cluster\.triage.*Not enough data/ }).waitFor();
    await objectives.getByRole('button', { name: /cluster\.drafts.*Missed/ }).waitFor();
    const [made] = await desk.client.reports.list();
    const { data } = await desk.client.reports.get({ id: made?.id ?? 0 });
    const drafts = data.agents.find(({ name }) => name === 'cluster.drafts');
    expect(drafts?.week.success.total).toBe(168);
    expect(drafts?.week.success.total).toBe((drafts?.week.success.good ?? 0) + (drafts?.week.ends.failed ?? 0));
    await page.getByText(made?.hash ?? 'no hash').waitFor();
  });

  it('goes through the agents by j and k', async () => {
    for (const name of ['cluster.drafts', 'cluster.triage', 'daily-report']) {
      await page.getByRole('region', { name, exact: true }).waitFor();
      await page.keyboard.press('j');
    }
    await page.keyboard.press('k');
    await page.getByRole('region', { name: 'daily-report', exact: true }).waitFor();
  });

  it('saves the same report in each format', async () => {
    const save = async (key: string): Promise<Buffer> => {
      const coming = page.waitForEvent('download');
      await page.keyboard.press(key);
      const download = await coming;
      return readFileSync((await download.path()) ?? '');
    };
    const json = reportSchema.parse(JSON.parse((await save('x')).toString()));
    expect((await save('h')).toString()).toContain(json.hash);
    expect((await save('m')).toString()).toContain(json.hash);
    expect((await save('f')).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('the saved HTML stands alone: it loads nothing, runs nothing and passes the audit, dark and light', async () => {
    const file = await desk.client.reports.file({ id: 1, format: 'html' });
    const html = Buffer.from(file.content, 'base64').toString();
    for (const colorScheme of ['dark', 'light'] as const) {
      const context = await browser().newContext({ colorScheme, viewport: SIZES.small });
      const sheet = await context.newPage();
      const asked: string[] = [];
      sheet.on('request', (request) => asked.push(request.url()));
      await sheet.setContent(html);
      await sheet.getByRole('heading', { name: 'Objectives' }).waitFor();
      expect(asked.filter((address) => address.startsWith('http'))).toEqual([]);
      expect(await overflow(sheet)).toEqual([]);
      await context.close();
    }
  });

  it('is in the list, and stays what it was when late ends come', async () => {
    const before = await desk.client.reports.get({ id: 1 });
    await desk.client.health.ingest({
      events: [{ ...history(Date.now())[400], task: 'late', end: 'failed' }],
    });
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page
      .getByRole('link', { name: /Week \d{4}-W\d\d/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.getByText(before.hash).waitFor();
    expect(await desk.client.reports.get({ id: 1 })).toEqual(before);
    await until(async () => (await desk.client.reports.make({ week: before.data.week })).hash !== before.hash);
  });

  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
      it(`is for everybody, and nothing is cut off: ${theme}, ${size}`, async () => {
        const other = await openConsole(browser(), desk.folder, { theme, size: SIZES[size] });
        for (const path of ['/reports', '/reports/1']) {
          await other.open(path);
          await other.page.getByRole('heading', { level: 1 }).waitFor();
          await other.page.getByText('reading…').waitFor({ state: 'detached' });
          expect(await violations(other.page)).toEqual([]);
          expect(await overflow(other.page)).toEqual([]);
          if (process.env.NIGHTDESK_SHOTS) {
            await other.page.screenshot({
              path: `${process.env.NIGHTDESK_SHOTS}/r${path.replaceAll('/', '-')}-${theme}-${size}.png`,
            });
          }
        }
        await other.close();
      });
    }
  }
});
