import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Alert } from '#contract/alert.ts';
import { ALERT_RULES, type AlertRule } from '../../electron/health/alert/rules.ts';
import { findDesk } from '../../electron/serve/index.ts';
import { type ConsolePage, openConsole } from '../support/browser.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { type FailingAgent, writeFailing } from '../support/failing.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { until } from '../support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const MINUTE = 60_000;
/** Some rules look once a minute. */
const SLOWEST_MS = 180_000;

type Mode = {
  rule: AlertRule;
  subject: string;
  /** What its alert says. */
  says: RegExp;
};

/** Made at once, on one desk. */
const MODES: readonly Mode[] = [
  {
    rule: 'provider-breaker-open',
    subject: 'kappa',
    says: /kappa is down: stranded affected/,
  },
  {
    rule: 'integration-breaker-open',
    subject: 'ledger',
    says: /ledger does not answer: careful/,
  },
  { rule: 'success-burn-fast', subject: 'flaky', says: /flaky fails: \d+ of \d+ failed in 1h/ },
  {
    rule: 'success-burn-fast',
    subject: 'doubtful',
    says: /doubtful fails: 3 of 3 failed in 1h/,
  },
  {
    rule: 'success-burn-slow',
    subject: 'cluster.drifting',
    says: /misses its objective of 99 %/,
  },
  {
    rule: 'success-collapse',
    subject: 'cluster.falling',
    says: /collapses: 12 of 12 failed in 15m/,
  },
  { rule: 'latency-objective', subject: 'slow', says: /\d of \d took longer than 200ms in 1h/ },
  {
    rule: 'budget-80',
    subject: 'agent:nearly',
    says: /80 % of today's budget of agent nearly/,
  },
  {
    rule: 'budget-reached',
    subject: 'agent:spent',
    says: /Today's budget of agent spent is spent/,
  },
  {
    rule: 'task-looping',
    subject: 'looper',
    says: /looper repeats itself: t\d+ waits for a person/,
  },
  { rule: 'effect-unverified', subject: 'unproven', says: /without a receipt of its effect/ },
  { rule: 'fast-and-empty', subject: 'hasty', says: /hasty succeeds fast and empty/ },
  { rule: 'no-success', subject: 'silent', says: /silent has had no success/ },
  { rule: 'alertmanager-alert', subject: 'DiskFull/f1', says: /The disk of db-1 is full/ },
  { rule: 'deadman-failing', subject: 'deadman', says: /nobody outside would notice/ },
  { rule: 'canary-failed', subject: 'known', says: /expected {"posted":true}/ },
  { rule: 'route-failing', subject: 'route:pager', says: /Messages to pager are not taken/ },
  { rule: 'schedule-missed', subject: 'clocked', says: /A scheduled start of clocked/ },
  { rule: 'task-overdue', subject: 'late', says: /Tasks of late do not end/ },
  { rule: 'oldest-waiting', subject: 'piled', says: /The oldest task in the queue of piled/ },
];

/** Made after these: they take the workers of all. */
const WORKER_MODES = {
  'heartbeat-lost': { says: /embedded is lost: its numbers are unknown/ },
  'worker-lost': { says: /Workers of embedded are lost/ },
  'worker-crash-loop': { says: /Worker processes die as soon as they start/ },
} as const satisfies Partial<Record<AlertRule, Pick<Mode, 'says'>>>;

/** What takes minutes or weeks to be certain of is made by specs that move the clock. */
const ELSEWHERE: Partial<Record<AlertRule, string>> = {
  'budget-forecast': 'test/health/objective/verdict.test.ts',
  'provider-rate-limited': 'test/runbook/library/provider-rate-limited.test.ts',
  'correctness-drop': 'test/health/sample/sampling.test.ts',
  'desk-query-failed': 'test/health/silence/desk.test.ts',
  'no-tasks': 'test/health/silence/desk.test.ts',
  'queue-growing': 'test/health/silence/desk.test.ts',
  'queue-stuck': 'test/health/silence/runner.test.ts',
  reconciliation: 'test/health/silence/desk.test.ts',
  'runtime-late': 'test/health/silence/runner.test.ts',
  'task-orphaned': 'test/health/silence/runner.test.ts',
};

const frontSchema = z.object({
  title: z.string(),
  match: z.object({ alert: z.union([z.string(), z.array(z.string())]) }).optional(),
});

/** The title of the shipped runbook that answers a rule. */
function runbookOf(rule: string): string | undefined {
  const folder = join(ROOT, 'runbooks');
  const fronts = readdirSync(folder)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => frontSchema.parse(parse(readFileSync(join(folder, file), 'utf8').split(/^---$/m)[1] ?? '')));
  return fronts.find(({ match }) => match !== undefined && [match.alert].flat().includes(rule))?.title;
}

/** Tasks of two agents of another runtime: one that fails a little for a day, one that begins to fail now. */
function foreign(now: number): object[] {
  const ended = (agent: string, at: number, end: 'failed' | 'succeeded') => ({
    kind: 'ended',
    runtime: 'cluster',
    agent,
    task: `${agent}-${at}`,
    sequence: 1,
    at,
    acceptedAt: at - 2_000,
    startedAt: at - 1_000,
    end,
  });
  return [
    ...Array.from({ length: 2_000 }, (_, n) =>
      ended('drifting', now - 2 * MINUTE - n * 36_000, n % 22 === 0 ? 'failed' : 'succeeded'),
    ),
    ...Array.from({ length: 2_000 }, (_, n) => ended('falling', now - 20 * MINUTE - n * 900, 'succeeded')),
    ...Array.from({ length: 12 }, (_, n) => ended('falling', now - n * 1_000, 'failed')),
  ];
}

describeInBrowser('every failure mode: its alert, its incident, its runbook, its line in the report', (browser) => {
  let desk: TestDesk;
  let console: ConsolePage;
  let page: Page;

  const region = (name: string | RegExp) => page.getByRole('region', { name });
  const dialog = () => page.getByRole('dialog');
  const submit = async (agent: FailingAgent | 'looper' | 'careful', input: object, times = 1) => {
    for (let task = 0; task < times; task += 1) await desk.client.tasks.submit({ agent, input: { ...input } });
  };
  const alertOf = async (rule: string, subject: string): Promise<Alert | undefined> =>
    (await desk.client.alerts.list({})).find(
      (alert) => alert.rule === rule && alert.subject === subject && alert.state !== 'pending',
    );
  /** It fires no more. */
  const isOver = async (rule: string, subject: string): Promise<boolean> => {
    const alert = await alertOf(rule, subject);
    return alert === undefined || alert.state === 'resolved';
  };
  const workers = () =>
    execFileSync('pgrep', ['-P', String(desk.process.pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);

  beforeAll(async () => {
    const folder = dataFolder();
    writeFailing(folder, {
      routes: { pager: { kind: 'webhook', url: 'http://127.0.0.1:1/pager' }, lead: { kind: 'native' } },
      alerts: {
        page: ['native', 'pager'],
        escalate: [{ after: '10m', to: ['lead'] }],
        deadman: { url: 'http://127.0.0.1:1/deadman', every: '1s' },
      },
    });
    writeFileSync(join(folder, 'hold'), '');
    writeFileSync(join(folder, 'ledger-down'), '');
    desk = await startDesk(folder, '--rehearsal', '1');
    await desk.client.rehearsal.traffic({ perMinute: 0 });
    console = await openConsole(browser(), desk.folder);
    ({ page } = console);
    await failEverywhere();
  });
  afterAll(async () => {
    await console?.close();
    await desk?.close();
  });

  async function failEverywhere(): Promise<void> {
    await desk.cli('fault', 'kappa', '--down');
    await desk.cli('fault', 'lambda', '--error-rate', '0.3');
    await desk.cli('fault', 'mu', '--latency', '400ms');
    await submit('late', { do: 'ask' });
    await submit('piled', { do: 'hold' }, 2);
    await submit('clocked', { do: 'hold' }, 2);
    await submit('stranded', { do: 'call' }, 6);
    await submit('flaky', { do: 'call' }, 60);
    await submit('slow', { do: 'call' }, 6);
    await submit('careful', { amount: 5 });
    await submit('nearly', { do: 'call', times: 9 });
    await submit('spent', { do: 'call', times: 9 });
    await submit('unproven', { do: 'tool', tool: 'mail.send' });
    await submit('doubtful', { do: 'tool', tool: 'bank.pay' }, 3);
    await submit('looper', { mode: 'same-call' });
    await desk.client.health.ingest({ events: foreign(Date.now()) });
    const found = findDesk(desk.folder);
    const startsAt = new Date(Date.now() - MINUTE).toISOString();
    const told = await fetch(`${found?.address}/v1/alertmanager`, {
      method: 'POST',
      headers: { authorization: `Bearer ${found?.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        version: '4',
        status: 'firing',
        alerts: [
          {
            status: 'firing',
            fingerprint: 'f1',
            labels: { alertname: 'DiskFull' },
            annotations: { summary: 'The disk of db-1 is full' },
            startsAt,
          },
        ],
      }),
    });
    expect(told.status).toBe(200);
    await submit('hasty', { do: 'tool', tool: 'note.take' }, 101);
    await until(async () => {
      const { tasks } = await desk.client.tasks.list({ agent: 'hasty', state: ['succeeded'], limit: 200 });
      return tasks.length === 101;
    });
    await submit('hasty', { do: 'nothing' }, 8);
  }

  /** Opens the Alerts view anew and moves the cursor to an alert that stands under `Firing now`. */
  async function atAlert({ rule, says }: { rule: string; says: RegExp }): Promise<void> {
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await page.getByRole('heading', { level: 1, name: 'Board' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.getByRole('heading', { level: 1, name: 'Alerts' }).waitFor();
    const row = region('Firing now')
      .getByRole('listitem')
      .filter({ hasText: says })
      .filter({ has: page.getByRole('link', { name: rule, exact: true }) });
    await row.waitFor();
    await until(async () => {
      if ((await row.getAttribute('data-selected')) !== null) return true;
      await page.keyboard.press('j');
      return false;
    });
  }

  /** The alert stands, its incident opens, and what is to be done about it is named. */
  async function isShown({ rule, subject, says }: Mode): Promise<void> {
    const alert = await until(async () => {
      const found = await alertOf(rule, subject);
      return found?.incident === null ? undefined : found;
    });
    await atAlert({ rule, says });
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/incidents/${alert.incident}`);
    const { title } = await desk.client.incidents.get({ id: alert.incident ?? 0 });
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
    const own = region(/^Alerts?$/)
      .getByRole('listitem')
      .filter({ hasText: says });
    await own.getByText(`${rule} · ${ALERT_RULES[rule].severity}`).waitFor();
    await region('Timeline')
      .getByText(/^Alert: /)
      .first()
      .waitFor();
    const runbook = runbookOf(rule) ?? `a runbook for ${rule}`;
    await page.getByRole('complementary').getByText(runbook, { exact: true }).first().waitFor();
  }

  it('is made here, or by a spec that can move the clock', () => {
    const made = [...MODES.map(({ rule }) => rule), ...Object.keys(WORKER_MODES), ...Object.keys(ELSEWHERE)];
    expect([...new Set(made)].toSorted()).toEqual(Object.keys(ALERT_RULES).toSorted());
    for (const [rule, spec] of Object.entries(ELSEWHERE))
      expect(readFileSync(join(ROOT, spec), 'utf8')).toContain(rule);
  });

  it.each(MODES)('$rule of $subject', isShown, SLOWEST_MS);

  it('a provider that is down mutes what it causes, and takes it into its incident', async () => {
    const outage = await until(() => alertOf('provider-breaker-open', 'kappa'));
    // One that begins to hold after the outage, whatever the machine's pace.
    mkdirSync(join(desk.folder, 'alerts'), { recursive: true });
    writeFileSync(
      join(desk.folder, 'alerts/team.yaml'),
      'rules: [{ name: stranded-waits, agent: stranded, measure: waiting, above: 0, severity: page }]\n',
    );
    const caused = await until(() => alertOf('stranded-waits', 'stranded'));
    expect(caused).toMatchObject({ incident: outage.incident, covers: [{ cover: 'inhibited' }] });
    // What hangs on no provider that is down stands for itself.
    expect(await until(() => alertOf('no-success', 'silent'))).toMatchObject({ covers: [] });
    const told = (await desk.client.alertRoutes.deliveries({ limit: 1_000 })).map(({ alert }) => alert);
    expect(told).toContain(outage.id);
    expect(told).not.toContain(caused.id);
    await atAlert({ rule: 'stranded-waits', says: /inhibited: / });
  });

  describe('by keyboard alone', () => {
    const LOOP = { rule: 'task-looping', says: /looper repeats itself/ } as const;
    const row = () => region('Firing now').getByRole('listitem').filter({ hasText: LOOP.says });
    const loop = () => alertOf('task-looping', 'looper');

    it('is acknowledged', async () => {
      await atAlert(LOOP);
      await page.keyboard.press('a');
      await row()
        .getByText(/is at it for another/)
        .waitFor();
      expect(await loop()).toMatchObject({ state: 'acknowledged' });
    });

    it('is escalated', async () => {
      await atAlert(LOOP);
      await page.keyboard.press('e');
      await dialog().getByRole('button', { name: 'Tell them now' }).waitFor();
      await page.locator('[role="dialog"]:focus-within').waitFor();
      await page.keyboard.press('Enter');
      await row().getByText('escalated to step 1').waitFor();
    });

    it('is silenced with a reason; the top strip shows it with its end, and Undo takes it back', async () => {
      await atAlert(LOOP);
      await page.keyboard.press('s');
      await dialog().getByLabel('Why').waitFor();
      await page.keyboard.type('it is being looked at');
      await page.keyboard.press('Enter');
      // The newest of all that is in force: the desk itself drains agents meanwhile.
      const strip = page
        .getByRole('list', { name: 'Interventions in force' })
        .getByRole('listitem')
        .filter({ hasText: /silenced by .+ ends in/ });
      await strip.waitFor();
      await strip.getByRole('button', { name: /^Undo: silence of task-looping/ }).focus();
      await page.keyboard.press('Enter');
      await strip.waitFor({ state: 'detached' });
      expect(await desk.client.alerts.silences()).toEqual([]);
    });

    it('is over by itself once its cause is, and its incident with it', async () => {
      const { incident } = (await loop()) ?? {};
      await atAlert(LOOP);
      for (const { id } of (await desk.client.tasks.list({ agent: 'looper', limit: 10 })).tasks) {
        expect(await desk.cli('cancel', id)).toMatchObject({ code: 0 });
      }
      await row().waitFor({ state: 'detached' });
      await until(async () => (await desk.client.incidents.get({ id: incident ?? 0 })).state === 'resolved');
      expect(await desk.client.incidents.get({ id: incident ?? 0 })).toMatchObject({ resolveReason: null });
    });

    it('what fires on for a day is resolved by a person, who is told so and says why', async () => {
      await atAlert({ rule: 'effect-unverified', says: /without a receipt/ });
      await page.keyboard.press('Enter');
      await page.getByRole('toolbar', { name: 'What you can do' }).waitFor();
      await page.keyboard.press('r');
      await dialog().getByLabel('Why it is over').waitFor();
      await page.keyboard.type('the mail came, they say');
      await dialog().getByText('Alerts of it still fire.').waitFor();
      await dialog().getByRole('checkbox').focus();
      await page.keyboard.press('Space');
      await dialog().getByRole('button', { name: 'Resolve' }).focus();
      await page.keyboard.press('Enter');
      await region('What is wrong')
        .getByText(/: the mail came, they say$/)
        .waitFor();
      await until(() => isOver('effect-unverified', 'unproven'));
    });

    it('queues that stood go on, and their alerts are over', { timeout: SLOWEST_MS }, async () => {
      await until(
        async () => !(await isOver('oldest-waiting', 'piled')) && !(await isOver('schedule-missed', 'clocked')),
      );
      rmSync(join(desk.folder, 'hold'));
      await until(() => isOver('oldest-waiting', 'piled'));
      await until(() => isOver('schedule-missed', 'clocked'));
    });
  });

  it('workers that stand still are lost, their numbers unknown, until they go on', async () => {
    const stopped = workers();
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    await isShown({ rule: 'heartbeat-lost', subject: 'embedded', ...WORKER_MODES['heartbeat-lost'] });
    await isShown({ rule: 'worker-lost', subject: 'embedded', ...WORKER_MODES['worker-lost'] });
    await until(() => isOver('heartbeat-lost', 'embedded'));
  });

  it('workers that die as soon as they start', async () => {
    let dying = true;
    const killing = (async () => {
      while (dying) {
        try {
          for (const pid of workers()) process.kill(pid, 'SIGKILL');
        } catch {
          // None is there at this moment.
        }
        await new Promise((next) => setTimeout(next, 100));
      }
    })();
    try {
      await isShown({ rule: 'worker-crash-loop', subject: 'workers', ...WORKER_MODES['worker-crash-loop'] });
    } finally {
      dying = false;
      await killing;
    }
    await until(() => isOver('worker-crash-loop', 'workers'));
  });

  it('all of it stands in the report of this week, which one key makes', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    const week = page.getByLabel('Week');
    await week.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Tab');
    await page.keyboard.press('n');
    await page.getByRole('heading', { level: 1, name: /^Week \d{4}-W\d\d$/ }).waitFor();
    const rules = region('Alerts');
    for (const rule of [...new Set(MODES.map((mode) => mode.rule)), ...Object.keys(WORKER_MODES)]) {
      await rules.getByText(rule, { exact: true }).waitFor();
    }
    for (const { title } of await desk.client.incidents.list({ open: false })) {
      await region('Incidents').getByRole('link', { name: title, exact: true }).first().waitFor();
    }
  });

  it('leaves no error on the console of the page', () => {
    expect(console.troubles).toEqual([]);
  });
});
