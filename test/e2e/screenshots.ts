import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { findBrowser, launchBrowser, openConsole, SIZES, type Theme } from '../support/browser.ts';
import type { TestDesk } from '../support/desk.ts';
import { breakProvider, retriedTask, runUpTo, startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

/*
 * `npm run screenshots`: the two pictures of the README. `npm run screenshots -- FOLDER`: every view there, at both
 * sizes, dark and light. All show one rehearsed night: the first provider is down, its runbook is half way. With
 * `--minutes N` the night is quiet for that long before, so that charts have something to show.
 */

/** So many ends of an agent make a rate worth a look. */
const ENOUGH_ENDS = 40;
const TRAFFIC_PER_MINUTE = 180;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Waits until each agent with traffic has a rate. */
function settled(desk: TestDesk): Promise<boolean> {
  return until(async () => {
    const { tasks } = await desk.client.tasks.list({ state: ['succeeded'], limit: 1_000 });
    const ends = (agent: string) => tasks.filter((task) => task.agent === agent).length;
    return ends('invoice-triage') >= ENOUGH_ENDS && ends('reply-drafts') >= ENOUGH_ENDS;
  });
}

async function stage(desk: TestDesk, quietMs: number): Promise<Record<string, string>> {
  await wait(quietMs);
  await settled(desk);
  const incident = await breakProvider(desk);
  const told = await retriedTask(desk);
  const run = await desk.client.runs.start({ runbook: 'provider-down', incident: incident.id, inputs: {} });
  await runUpTo(desk, run.id, 'reroute');
  await desk.client.incidents.open({ title: 'Odd answers in the drafts', severity: 'sev3', agents: ['reply-drafts'] });
  await desk.client.reports.make({});
  return {
    board: '/',
    incidents: '/incidents',
    incident: `/incidents/${incident.id}`,
    'incident-new': '/incidents?new',
    'incident-hand-over': `/incidents/${incident.id}?do=hand-over`,
    'incident-resolve': `/incidents/${incident.id}?do=resolve`,
    'incident-review': `/incidents/${incident.id}?do=review`,
    alerts: '/alerts',
    silence: '/alerts?silence',
    rule: '/alerts/provider-breaker-open',
    waiting: '/waiting',
    samples: '/samples',
    tasks: '/tasks',
    task: `/tasks/${told.id}`,
    run: `/runs/${run.id}`,
    agents: '/agents',
    agent: '/agents/invoice-triage',
    providers: '/providers',
    runbooks: '/runbooks',
    runbook: '/runbooks/provider-down',
    edit: '/runbooks/provider-down/edit',
    reports: '/reports',
    report: '/reports/1',
    audit: '/audit',
    nowhere: '/nowhere',
    settings: '/settings',
  };
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { minutes: { type: 'string' } } });
  const [given] = positionals;
  const minutes = Number(values.minutes ?? 0);
  const folder = given ?? join(import.meta.dirname, '../../build/screenshots');
  const path = findBrowser();
  if (path === undefined) throw new Error('no Chromium on this machine; CHROMIUM names one');
  mkdirSync(folder, { recursive: true });
  say(`rehearsing the night, ${minutes} min and about half a minute …`);
  const desk = await startRehearsal(TRAFFIC_PER_MINUTE);
  const browser = await launchBrowser(path);
  try {
    const views = await stage(desk, minutes * 60_000);
    const shown = given === undefined ? ['board', 'run'] : Object.keys(views);
    const themes: readonly Theme[] = given === undefined ? ['dark'] : ['dark', 'light'];
    const sizes = given === undefined ? [SIZES.large] : [SIZES.large, SIZES.small];
    for (const theme of themes) {
      for (const size of sizes) {
        const console = await openConsole(browser, desk.folder, { theme, size });
        for (const view of shown) {
          await console.open(views[view] ?? '/');
          // The first frame of the topic, and the fonts.
          await console.page.getByText(/data \d+ s old/).waitFor({ state: 'attached' });
          await console.page.getByText('reading…').waitFor({ state: 'detached' });
          await console.page.evaluate(() => document.fonts.ready.then(() => undefined));
          const name = `${view}-${theme}${size === SIZES.large ? '' : `-${size.width}x${size.height}`}.png`;
          await console.page.screenshot({ path: join(folder, name) });
          say(join(folder, name));
        }
        for (const trouble of console.troubles) say(`the page says: ${trouble}`);
        await console.close();
      }
    }
  } finally {
    await browser.close();
    await desk.close();
  }
}

await main();
