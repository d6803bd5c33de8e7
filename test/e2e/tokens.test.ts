import { afterAll, beforeAll, expect, it } from 'vitest';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';

describeInBrowser('ingest tokens at the console', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;

  beforeAll(async () => {
    desk = await startDesk(dataFolder(), '--rehearsal', '0');
    console = await openConsole(browser(), desk.folder);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  const panel = () => console.page.getByRole('region', { name: 'Ingest tokens' });

  it('says what one is for where there is none, and how to make one', async () => {
    await console.open('/settings');
    await panel().getByText('None. One lets another runtime send its events').waitFor();
    await panel().getByText('nightdesk token make NAME').waitFor();
  });

  it('lists each with who made it and when it was used, and never its text', async () => {
    const { token } = await desk.client.tokens.make({ name: 'crew' });
    await desk.client.tokens.make({ name: 'alertmanager' });
    const body = {
      events: [{ kind: 'accepted', runtime: 'crew', agent: 'a', task: 'a', sequence: 0, at: Date.now() }],
    };
    const sent = await fetch(`${console.address}/v1/events`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    expect(sent.status).toBe(200);
    await console.open('/settings');
    await panel().getByText('never used').waitFor();
    expect(await panel().getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/^alertmanagernever used ?made .* ago by \S+$/),
      expect.stringMatching(/^crewused .* agomade .* ago by \S+$/),
    ]);
    expect(await console.page.content()).not.toContain(token);
    expect(console.troubles).toEqual([]);
  });

  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
      it(`is for everybody, and nothing is cut off: ${theme}, ${size}`, async () => {
        const other = await openConsole(browser(), desk.folder, { theme, size: SIZES[size] });
        await other.open('/settings');
        await other.page.getByRole('region', { name: 'Ingest tokens' }).getByText('crew').waitFor();
        expect(await violations(other.page)).toEqual([]);
        expect(await overflow(other.page)).toEqual([]);
        await other.close();
      });
    }
  }
});
