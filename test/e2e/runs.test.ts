// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunDetail } from '#contract/runbook.ts';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole } from '../support/browser.ts';
import { dataFolder, type TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

const TEXT = `---
runbook: 1
title: Invoices are late
inputs:
  agent: { type: agent, default: invoice-triage }
reviewed: 2026-11-24
---
## Confirm
- [ ] **Let it settle** \`wait 10m\`
- [ ] **What waits** \`show queue(agent=\${agent}) id=queue\`

## Mitigate
- [ ] **Stop intake** \`pause agent=\${agent} for=30m approve=2\`
- [ ] **Shift traffic** \`reroute agent=\${agent} to=openai for=2h confirm\`

## Recover
- [ ] Tell support what customers saw
- [ ] Watch it for a while
`;

describeInBrowser('a run of two people, by the keyboard alone', (browser) => {
  let desk: TestDesk;
  let mine: ConsolePage;
  let bens: ConsolePage;
  let id = 0;

  const read = (): Promise<RunDetail> => desk.client.runs.get({ id });
  const step = async (index: number) => (await read()).steps[index];
  const press = (on: ConsolePage, ...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => on.page.keyboard.press(key)), Promise.resolve());
  const sees = (on: ConsolePage, text: string | RegExp) => on.page.getByText(text).first().waitFor();
  /** Waits until a step is the open one on screen: keys pressed now mean it. */
  const opened = (on: ConsolePage, title: string) =>
    on.page.locator('[aria-current="step"]', { hasText: title }).waitFor();
  /** Shot for a look, where PICTURES names a folder. */
  async function look(on: ConsolePage, name: string): Promise<void> {
    if (process.env.PICTURES !== undefined)
      await on.page.screenshot({ path: join(process.env.PICTURES, `${name}.png`) });
  }

  beforeAll(async () => {
    const folder = dataFolder();
    mkdirSync(join(folder, 'runbooks'));
    writeFileSync(join(folder, 'runbooks/invoices-late.md'), TEXT);
    desk = await startRehearsal(60, { folder });
    id = (await desk.client.runs.start({ runbook: 'invoices-late', inputs: {} })).id;
    mine = await openConsole(browser(), folder);
    bens = await openConsole(browser(), folder, { person: 'ben', theme: 'light' });
    await mine.open(`/runs/${id}`);
    await bens.open(`/runs/${id}`);
  });
  afterAll(async () => {
    await mine?.close();
    await bens?.close();
    await desk?.close();
  });

  it('a wait counts down, and is ended early with a reason', async () => {
    await press(mine, 'Enter');
    await sees(mine, /Waiting · /);
    await look(mine, 'wait');
    await press(mine, 'c');
    await mine.page.keyboard.type('it has settled');
    await press(mine, 'Enter');
    await opened(mine, 'What waits');
    expect((await step(0))?.seen).toMatch(/^ended after .*: it has settled$/);
    await press(mine, 'Enter');
    await opened(mine, 'Stop intake');
    expect((await step(1))?.output).toContain('invoice-triage');
  });

  it('a second person approves in a browser of their own, and can do nothing else', async () => {
    await opened(bens, 'Stop intake');
    await sees(mine, '2 people: 0 of 2 approved');
    await look(mine, 'approve-dark');
    await look(bens, 'approve-light');
    expect([...(await violations(mine.page)), ...(await violations(bens.page))]).toEqual([]);
    await press(mine, 'Enter');
    await sees(bens, /1 of 2/);
    await press(bens, 's', 'e', 'b', 'u');
    await press(bens, 'Enter');
    await opened(mine, 'Shift traffic');
    expect((await step(2))?.approvedBy).toEqual([(await read()).holder.name, 'ben']);
    await opened(bens, 'Shift traffic');
    await sees(bens, /holds the run and decides here/);
  });

  it('is taken over with the other one told, and taken back', async () => {
    const me = (await read()).holder.name;
    await press(bens, 't');
    await look(bens, 'take-over-light');
    await press(bens, 'Enter');
    await until(async () => (await read()).holder.name === 'ben');
    await sees(mine, /ben took it over from/);
    await press(mine, 'Enter');
    expect((await step(3))?.state).toBe('todo');
    await press(mine, 't', 'Enter');
    await until(async () => (await read()).holder.name === me);
    await sees(mine, /you hold it/);
  });

  it('renews a lease, and rolls back to a step', async () => {
    await sees(mine, 'Reroute to openai');
    await press(mine, 'Enter');
    await opened(mine, 'Tell support');
    const until0 = (await step(2))?.until ?? 0;
    await press(mine, 'k', 'k', 'n');
    await sees(mine, /stays in force for/);
    await press(mine, 'Enter');
    await until(async () => ((await step(2))?.until ?? 0) > until0);
    await look(mine, 'leases-dark');
    await mine.page.getByText(/stays in force for/).waitFor({ state: 'detached' });
    await press(mine, 'k', 'k', 'b');
    await sees(mine, /Undone in this order/);
    await sees(mine, 'nightdesk resume invoice-triage');
    await look(mine, 'roll-back-dark');
    expect(await violations(mine.page)).toEqual([]);
    await press(mine, 'Enter');
    await until(async () => (await read()).rollingBackTo === null && (await step(2))?.state === 'todo');
    expect(await desk.client.actions.interventions()).toEqual([]);
    expect((await read()).steps[3]?.state).toBe('todo');
  });

  it('shows an edit of the file, step by step, to adopt', async () => {
    writeFileSync(join(desk.folder, 'runbooks/invoices-late.md'), TEXT.replace('customers saw', 'customers have seen'));
    await sees(mine, /was edited/);
    await press(mine, 'd');
    await look(mine, 'edited-dark');
    await mine.page.setViewportSize({ width: 1024, height: 640 });
    await look(mine, 'edited-small');
    expect(await overflow(mine.page)).toEqual([]);
    expect(await violations(mine.page)).toEqual([]);
    await mine.page.setViewportSize({ width: 1440, height: 900 });
    await mine.page.getByRole('button', { name: 'Adopt all' }).focus();
    await press(mine, 'Enter');
    await until(async () => (await read()).edited === null);
    expect((await read()).steps.map(({ title }) => title)).toContain('Tell support what customers have seen');
  });

  it('hands over, with nothing wrong in either page', async () => {
    await press(mine, 'h');
    await mine.page.keyboard.press('ControlOrMeta+A');
    await mine.page.keyboard.type('ben');
    await press(mine, 'Enter');
    await until(async () => (await read()).holder.name === 'ben');
    expect([...mine.troubles, ...bens.troubles]).toEqual([]);
  });
});
