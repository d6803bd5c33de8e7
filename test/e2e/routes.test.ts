import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { cloudEventSchema } from '../support/route-formats.ts';
import { until } from '../support/until.ts';

const SECRET = 'a-token-of-the-bus';

describeInBrowser('being told: routes at the console and on the command line', (browser) => {
  let bus: Receiver;
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;

  const panel = () => page.getByRole('region', { name: 'Routes', exact: true });
  const said = () => bus.taken.map(({ body }) => Object(body)).map(({ type, subject }) => ({ type, subject }));

  beforeAll(async () => {
    bus = await startReceiver(cloudEventSchema, 204);
    const folder = dataFolder();
    const settings = {
      routes: { bus: { kind: 'webhook', url: `${bus.url}/in/${SECRET}` } },
      alerts: { page: ['native', 'bus'] },
    };
    writeFileSync(join(folder, 'nightdesk.yaml'), JSON.stringify(settings));
    desk = await startDesk(folder, '--rehearsal');
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
    await bus?.close();
  });

  it('shows each route, and sends a test over the one at the cursor by a key', async () => {
    await console.open('/settings');
    await panel()
      .getByRole('row', { name: /^bus webhook Works/ })
      .waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    await panel().getByText('test: Test message: nothing is wrong').waitFor();
    await until(() => bus.taken.length === 1);
    await panel()
      .getByRole('row', { name: /^bus webhook Works 0 .* ago/ })
      .waitFor();
    expect(await page.content()).not.toContain(SECRET);
  });

  it('tells of a provider that is down once on every route, with the way to its incident, and of its end', async () => {
    const { client } = desk;
    bus.fail({ status: 503 }, 'drop');
    await client.providers.fault({ provider: 'anthropic', fault: { down: true, errorRate: 0, latencyMs: 0 } });
    await client.rehearsal.traffic({ perMinute: 600 });
    const notices = page.getByRole('region', { name: 'Notices' });
    await notices.getByText(/^Page: \[rehearsal\] anthropic is down/).waitFor();
    await notices
      .getByRole('link', { name: /^Incident \d+$/ })
      .first()
      .waitFor();
    await until(() => said().some(({ type }) => type === 'dev.nightdesk.alert.trigger'));
    await client.providers.fault({ provider: 'anthropic', fault: null });
    await until(() => said().some(({ type }) => type === 'dev.nightdesk.alert.resolve'));
    const [first] = said().filter(({ type }) => type === 'dev.nightdesk.alert.trigger');
    const last = said().findLast(({ type }) => type === 'dev.nightdesk.alert.resolve');
    expect(last?.subject).toBe(first?.subject);
    expect(bus.misfits).toEqual([]);
    const { out, code } = await desk.cli('route', 'deliveries', '--route', 'bus', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out).deliveries.every(({ state }: { state: string }) => state === 'sent')).toBe(true);
  });

  it('does the same on the command line, and says by its exit code how it went', async () => {
    expect(await desk.cli('route', 'test', 'bus')).toMatchObject({ code: 0, out: 'bus: the test message was taken\n' });
    bus.fail({ status: 404, body: `no hook ${SECRET}` });
    const refused = await desk.cli('route', 'test', 'bus');
    expect(refused).toMatchObject({ code: 1, out: 'bus: refused: it answered 404: no hook ***\n' });
    expect((await desk.cli('route', 'test', 'nowhere')).code).toBe(3);
    const { code, out } = await desk.cli('route', 'list');
    expect(code).toBe(1);
    expect(out).toMatch(/bus +webhook +fails since/);
    expect(`${desk.printed()}${(await desk.cli('settings')).out}`).not.toContain(SECRET);
    await desk.cli('route', 'test', 'bus');
    expect((await desk.cli('route', 'list')).code).toBe(0);
  });

  it.each([
    ['dark', SIZES.large],
    ['light', SIZES.small],
  ] as [Theme, typeof SIZES.large][])('keeps nobody out, %s', async (theme, size) => {
    const other = await openConsole(browser(), desk.folder, { theme, size });
    await other.open('/settings');
    await other.page.getByRole('region', { name: 'Routes', exact: true }).waitFor();
    expect(await violations(other.page)).toEqual([]);
    expect(await overflow(other.page)).toEqual([]);
    expect(other.troubles).toEqual([]);
    await other.close();
  });
});
