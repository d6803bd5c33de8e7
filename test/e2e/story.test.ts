import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Task, TaskDetail } from '#contract/task.ts';
import { hasEnded } from '#contract/task.ts';
import { type ConsolePage, openConsole } from '../support/browser.ts';
import type { TestDesk } from '../support/desk.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

const TRAFFIC_PER_MINUTE = 120;
/** Of the whole night: a verify step alone holds for 20 s. */
const NIGHT_MS = 150_000;

const invoice = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../agents/invoice-triage/fixtures/01.json'), 'utf8'),
) as { invoice: string };

/** The number of ended tasks that an agent's success rate on the board is of. */
async function endsOnBoard(page: Page, agent: string): Promise<number> {
  const text = await page.locator(`#agent-${agent} td[data-column="success"]`).textContent();
  return Number(/of ([\d,]+)/.exec(text ?? '')?.[1]?.replaceAll(',', '') ?? 0);
}

/** Waits for a step to be open and ready, presses Enter, and waits until it is behind. @returns what it says it saw */
async function confirmStep(page: Page, title: string): Promise<string> {
  const open = page.locator('li[aria-current="step"][data-state="todo"]').filter({ hasText: title });
  await open.locator('[data-variant="primary"]:enabled').waitFor();
  const id = await open.getAttribute('id');
  await page.keyboard.press('Enter');
  const step = page.locator(`[id="${id}"]`);
  await page.locator(`[id="${id}"]:is([data-state="passed"], [data-state="failed"], [data-state="no-data"])`).waitFor({
    timeout: 60_000,
  });
  expect(await step.getAttribute('data-state'), title).toBe('passed');
  return (await step.textContent()) ?? '';
}

/** All tasks of an agent. */
async function tasksOf(desk: TestDesk, agent: string): Promise<Task[]> {
  const all: Task[] = [];
  let before: string | undefined;
  do {
    const page = await desk.client.tasks.list({ agent, limit: 1_000, ...(before === undefined ? {} : { before }) });
    all.push(...page.tasks);
    before = page.next ?? undefined;
  } while (before !== undefined);
  return all;
}

/** The rows of a sample agent's own database, by the number that the tool answered with. */
function ownRows(desk: TestDesk, agent: string, file: string, table: string): number[] {
  const db = new Database(join(desk.folder, 'agents', agent, file), { readonly: true });
  try {
    return db.prepare<[], number>(`SELECT id FROM ${table} ORDER BY id`).pluck().all();
  } finally {
    db.close();
  }
}

/** What the effects of these tasks answered, by their journals. */
async function effectsOf(desk: TestDesk, tasks: Task[], key: string): Promise<number[]> {
  const details: TaskDetail[] = await Promise.all(tasks.map(({ id }) => desk.client.tasks.get({ id })));
  return details
    .flatMap((detail) => detail.steps.filter((step) => step.kind === 'effect' && step.state === 'done'))
    .map((step) => Number((step.result as Record<string, number>)[key]))
    .toSorted((a, b) => a - b);
}

describeInBrowser('a night: the first provider goes down, and its runbook gets the agents through', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;
  /** The agent that the alert is about. */
  let agent: string;

  beforeAll(async () => {
    desk = await startRehearsal(TRAFFIC_PER_MINUTE);
    console = await openConsole(browser(), desk.folder);
    page = console.page;
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  it('shows live agents, and says that it is a rehearsal', async () => {
    await page.getByRole('heading', { name: 'Board' }).waitFor();
    await page.getByText('Rehearsal', { exact: true }).waitFor();
    for (const name of ['invoice-triage', 'reply-drafts']) {
      const seen = await until(() => endsOnBoard(page, name));
      await until(async () => (await endsOnBoard(page, name)) > seen + 3);
    }
    expect(await page.getByText('None is open.').isVisible()).toBe(true);
  });

  it('opens an incident that names its runbook, once a provider is down', async () => {
    const dialled = await desk.cli('fault', 'anthropic', '--down');
    expect(dialled).toMatchObject({ code: 0, out: 'anthropic: down\n' });
    const card = page.getByRole('region', { name: 'Incident 1' });
    await card.getByText('LLM provider unavailable').waitFor();
    expect(await card.textContent()).toMatch(/anthropic is down/);
    expect(await card.getByRole('button', { name: 'Start' }).isEnabled()).toBe(true);
    await page.getByText('1 incident needs you now').waitFor();
    const [incident] = await desk.client.incidents.list({});
    agent = incident?.alerts[0]?.labels.agent ?? '';
    expect(['invoice-triage', 'reply-drafts']).toContain(agent);
  });

  it('takes work meanwhile, the same key once', async () => {
    const submit = () => desk.client.tasks.submit({ agent: 'invoice-triage', input: invoice, key: 'in-the-outage' });
    const first = await submit();
    expect(first.duplicate).toBe(false);
    expect(await submit()).toEqual({ id: first.id, duplicate: true });
  });

  it(
    'goes from the alert to the end of the runbook by the keyboard alone',
    async () => {
      await page.keyboard.press('b');
      await page.waitForURL('**/runs/1');
      expect(await confirmStep(page, 'anthropic is really down')).toMatch(/anthropic's breaker is (open|half-open)/);

      const pause = await confirmStep(page, `Stop intake of ${agent}`);
      expect(pause).toMatch(/accepted in .*, 0 running after .*, ends by itself at/);
      const lanes = await desk.client.agents.get({ name: agent });
      expect(lanes.intake).toBe('paused');
      await page.getByRole('list', { name: 'Interventions in force' }).getByText(`${agent} paused by`).waitFor();

      expect(await confirmStep(page, `Shift ${agent} to openai`)).toMatch(/openai/);
      expect(await desk.client.actions.interventions()).toContainEqual(
        expect.objectContaining({ verb: 'reroute', agent, to: 'openai' }),
      );

      await confirmStep(page, 'Tell the team');
      expect(readFileSync(join(desk.folder, 'notify.log'), 'utf8')).toContain(`anthropic is down. ${agent} is paused`);

      await page.getByRole('radio', { name: /provider-outage/ }).waitFor();
      await page.keyboard.press('1');
      await confirmStep(page, 'What is the last error?');

      await confirmStep(page, 'Open intake on openai');
      expect((await desk.client.agents.get({ name: agent })).intake).toBe('open');

      await confirmStep(page, 'The queue drains');
      expect(await confirmStep(page, 'Tasks succeed on openai')).toMatch(/held for 20 s/);
      await confirmStep(page, 'Tell support what customers saw');

      await page.getByText('Recovered: its verify steps held.').waitFor();
      const run = await desk.client.runs.get({ id: 1 });
      expect(run).toMatchObject({ outcome: 'recovered', current: null });
      const mended = run.steps.filter((step) => step.section === 'Mend the key or quota').map((step) => step.state);
      expect(mended).toEqual(['skipped', 'skipped']);
    },
    NIGHT_MS,
  );

  it('has ended every task that was submitted, none twice', async () => {
    await desk.client.rehearsal.traffic({ perMinute: 0 });
    const agents = (await desk.client.agents.list()).map(({ name }) => name);
    const all = await until(async () => {
      const tasks = (await Promise.all(agents.map((name) => tasksOf(desk, name)))).flat();
      return tasks.every((task) => hasEnded(task.state)) && tasks;
    });
    expect(all.filter((task) => task.state !== 'succeeded')).toEqual([]);
    const keys = all.map((task) => `${task.agent} ${task.key}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => key === 'invoice-triage in-the-outage')).toHaveLength(1);

    const entries = ownRows(desk, 'invoice-triage', 'ledger.db', 'entry');
    expect(entries.length).toBeGreaterThan(10);
    expect(await effectsOf(desk, await tasksOf(desk, 'invoice-triage'), 'entry')).toEqual(entries);
    const drafts = ownRows(desk, 'reply-drafts', 'drafts.db', 'draft');
    expect(drafts).toHaveLength((await tasksOf(desk, 'reply-drafts')).length);
    expect(await effectsOf(desk, await tasksOf(desk, 'reply-drafts'), 'draft')).toEqual(drafts);
  });

  it('leaves no error on the console of the page', () => {
    expect(console.troubles).toEqual([]);
  });
});
