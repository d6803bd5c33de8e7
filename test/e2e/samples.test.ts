import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Sample } from '#contract/sample.ts';
import { overflow, violations } from '../support/audit.ts';
import { type ConsolePage, openConsole, SIZES, type Theme } from '../support/browser.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { until } from '../support/until.ts';

const AGENTS = join(import.meta.dirname, '../support/agents');

describeInBrowser('samples at the console, by the keyboard alone', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;

  const samples = (open: boolean): Promise<Sample[]> => desk.client.samples.list({ open });
  const correctness = async () => (await desk.client.samples.correctness({ agent: 'drafting' }))[0];

  const shows = (text: string): Promise<void> =>
    page.getByRole('region', { name: 'Output', exact: true }).filter({ hasText: text }).waitFor();

  /** The first successes of a day are all drawn, three of each class. */
  async function draw(count: number): Promise<void> {
    const before = (await samples(true)).length;
    for (let n = 0; n < count; n += 1) {
      const input = { outputs: [{ text: `Dear customer ${n}, it is on its way.`, confidence: 0.9 }] };
      const { id } = await desk.client.tasks.submit({ agent: 'drafting', input });
      await desk.client.tasks.wait({ id, withinMs: 60_000 });
    }
    await until(async () => (await samples(true)).length === before + count);
  }

  beforeAll(async () => {
    desk = await startDesk(dataFolder(AGENTS), '--rehearsal', '0');
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  it('says what to do next while nothing was drawn', async () => {
    await console.open('/');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Samples' }).waitFor();
    await page.getByText('No output was drawn yet.').waitFor();
    expect(await page.getByText('nightdesk submit AGENT').count()).toBe(1);
    expect(await violations(page)).toEqual([]);
  });

  it('judges in two keystrokes a sample, and is at the next one by itself', async () => {
    await draw(3);
    await page.getByRole('heading', { name: 'Is this output of drafting right?' }).waitFor();
    const [first, second, third] = await samples(true);
    await shows('Dear customer 0');
    await page.keyboard.press('y');
    await page.getByRole('button', { name: 'Correct, next' }).waitFor();
    await page.keyboard.press('Enter');
    await shows('Dear customer 1');
    await page.keyboard.press('n');
    await page.keyboard.press('Enter');
    await shows('Dear customer 2');
    await page.keyboard.press('u');
    await page.keyboard.press('Enter');
    await page.getByText('Every drawn output is judged.').waitFor();
    const judged = new Map((await samples(false)).map(({ id, judged: said }) => [id, said?.verdict]));
    expect([first, second, third].map((sample) => judged.get(sample?.id ?? 0))).toEqual([
      'correct',
      'incorrect',
      'cannot-tell',
    ]);
    expect(await correctness()).toMatchObject({ verdicts: 2, correct: 1, cannotTell: 1, open: 0 });
    const task = await desk.client.tasks.get({ id: second?.task ?? '' });
    expect(task.marks).toContain('incorrect');
  });

  it('takes the last verdict back by one key, and takes a note with the next one', async () => {
    await page.keyboard.press('z');
    await shows('Dear customer 2');
    await until(async () => (await samples(true)).length === 1);
    await page.keyboard.press('n');
    await page.keyboard.press('w');
    await page.keyboard.type('the wrong customer');
    await page.keyboard.press('Enter');
    await page.getByText('Every drawn output is judged.').waitFor();
    const [last] = await samples(false);
    expect(last?.judged).toMatchObject({ verdict: 'incorrect', note: 'the wrong customer' });
  });

  it('shows the verdict that another person gave first', async () => {
    await desk.client.tasks.submit({ agent: 'one-step', input: { n: 2 } });
    const sample = await until(async () => (await samples(true))[0]);
    await page.getByRole('heading', { name: 'Is this output of one-step right?' }).waitFor();
    await desk.client.samples.judge({ id: sample.id, verdict: 'correct', by: { name: 'bob', via: 'cli' } });
    await page.getByText('correct: bob through cli').waitFor();
    expect(await page.getByRole('button', { name: 'Choose a verdict' }).count()).toBe(0);
  });

  it('has the estimate, its interval and what would settle it, here and on the page of the agent', async () => {
    await console.open('/agents/drafting');
    await desk.client.tasks.submit({ agent: 'one-step', input: { n: 3 } });
    await until(async () => (await samples(true)).length === 1);
    const panel = page.getByRole('region', { name: 'Correctness of its successes, 28 days' });
    await panel.getByText(/of 3, objective 99%/).waitFor();
    await panel.getByText(/one false alarm in [\d,]+ verdicts/).waitFor();
    await panel.getByText(/more verdicts like these would settle it|settled/).waitFor();
  });

  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
      it(`is for everybody, and nothing is cut off: ${theme}, ${size}`, async () => {
        const other = await openConsole(browser(), desk.folder, { theme, size: SIZES[size] });
        const [sample] = await samples(false);
        for (const path of ['/samples', `/samples/${sample?.id}`]) {
          await other.open(path);
          await other.page.getByRole('region', { name: 'Correctness by agent' }).waitFor();
          await other.page.getByRole('heading', { name: /^Is this output of/ }).waitFor();
          await other.page.keyboard.press('n');
          expect(await violations(other.page)).toEqual([]);
          expect(await overflow(other.page)).toEqual([]);
        }
        expect(other.troubles).toEqual([]);
        await other.close();
      });
    }
  }
});
