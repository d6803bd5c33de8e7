import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AuditRecord } from '#contract/audit.ts';
import { readAnchor } from '../../electron/store/audit-anchor.ts';
import { documentOf } from '../cli/answer.ts';
import { dataFolder, runCli, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';

let desk: TestDesk;
let folder: string;

async function entries(what?: string): Promise<AuditRecord[]> {
  const { entries: found } = await desk.client.audit.list({ limit: 500, ...(what === undefined ? {} : { what }) });
  return found.toReversed();
}

const kinds = async (what?: string): Promise<string[]> => (await entries(what)).map((entry) => entry.what);

/** With the file in hand, and no trigger in the way. */
function tamper(sql: string): void {
  const db = new Database(join(folder, 'nightdesk.db'));
  for (const name of ['audit_no_update', 'audit_no_delete', 'audit_next']) db.exec(`DROP TRIGGER ${name}`);
  db.exec(sql);
  db.close();
}

beforeAll(async () => {
  folder = dataFolder(TEST_AGENTS);
  writeFileSync(join(folder, 'nightdesk.yaml'), 'budget:\n  daily: 50\n');
  desk = await startDesk(folder, '--rehearsal', '0');
});
afterAll(() => desk.close());

describe('the audit log of a desk', () => {
  it('tells of an action with its plan, its receipt and the outcome that was seen', async () => {
    const plan = await desk.client.actions.plan({ action: { verb: 'pause', agent: 'moody', forMs: 60_000 } });
    const { action, hash: planHash } = plan;
    const receipt = await desk.client.actions.execute({ action, key: 'pause-moody-1', planHash });
    expect(await entries('action.done')).toMatchObject([
      { subject: 'moody', by: { via: 'cli' }, details: { ...receipt, planHash, shownHash: planHash } },
    ]);
    await desk.client.actions.execute({ action, key: 'pause-moody-1', planHash });
    const [outcome] = await until(async () => {
      const told = await entries('action.outcome');
      return told.length > 0 && told;
    });
    expect(outcome).toMatchObject({ subject: 'pause-moody-1', by: { via: 'desk' }, details: { state: 'applied' } });
    expect(await kinds('action')).toEqual(['action.done', 'action.outcome']);
  });

  it('tells of incidents, silences, objectives, faults, reports, tests and backups, each with who did it', async () => {
    const { client } = desk;
    const incident = await client.incidents.open({ title: 'Odd answers', severity: 'sev3', agents: ['moody'] });
    await client.incidents.note({ id: incident.id, text: 'looking' });
    await client.incidents.acknowledge({ id: incident.id });
    await client.incidents.severity({ id: incident.id, severity: 'sev2' });
    // Said again it changes nothing, and is nothing to tell.
    await client.incidents.severity({ id: incident.id, severity: 'sev2' });
    await client.incidents.resolve({ id: incident.id, reason: 'a typo', anyway: false });
    const silence = await client.alerts.silence({ matcher: { agent: 'moody' }, forMs: 60_000, reason: 'a test' });
    await client.alerts.unsilence({ id: silence.id });
    await client.objectives.set({ agent: 'moody', success: 0.9 });
    await client.objectives.clear({ name: 'moody' });
    await client.providers.fault({ provider: 'anthropic', fault: { errorRate: 0, latencyMs: 5, down: false } });
    await client.alertRoutes.test({ name: 'native' });
    const report = await client.reports.make({});
    await client.reports.send({ id: report.id, to: ['native'] });
    await client.backups.make();
    await until(async () => (await kinds('backup')).length === 1);
    expect(await kinds('incident')).toEqual([
      'incident.opened',
      'incident.note',
      'incident.acknowledged',
      'incident.severity',
      'incident.resolved',
    ]);
    expect(await kinds('silence')).toEqual(['silence.set', 'silence.ended']);
    expect(await kinds('objective')).toEqual(['objective.set', 'objective.cleared']);
    expect(await kinds('report')).toEqual(['report.made', 'report.sent']);
    expect(await kinds('route')).toEqual(['route.tested']);
    expect(await entries('fault')).toMatchObject([{ subject: 'anthropic', details: { fault: { latencyMs: 5 } } }]);
    for (const { by } of await entries('incident')) expect(by).toMatchObject({ via: 'cli' });
  });

  it('tells of answers, and of what is requeued and made out of a dead letter', async () => {
    const { client } = desk;
    const { id } = await client.tasks.submit({ agent: 'asking', input: { mode: 'asks', ledger: 'ledger' } });
    const [question] = await until(async () => {
      const open = await client.questions.list({ task: id });
      return open.length > 0 && open;
    });
    if (question === undefined) throw new Error('no question');
    const answer = { choice: question.choices[0]?.value ?? '' };
    await client.questions.answer({ id: question.id, answer });
    expect(await entries('task.answered')).toMatchObject([{ subject: id, details: { question: question.id, answer } }]);

    await client.actions.execute({ action: { verb: 'resume', agent: 'moody' }, key: 'resume-moody-1' });
    const dead = await client.tasks.submit({ agent: 'moody', input: { mood: 'good' } });
    await client.actions.execute({ action: { verb: 'cancel', task: dead.id }, key: 'cancel-moody-1' }).catch(() => {});
    await client.tasks.wait({ id: dead.id, withinMs: 10_000 });
    const made = await client.tasks.resubmit({ id: dead.id, input: { mood: 'good' } });
    expect(await entries('task.resubmitted')).toMatchObject([{ subject: dead.id, details: { made: made.id } }]);
  });

  it('tells of settings as they come into force, part by part, and of the names of secrets', async () => {
    writeFileSync(join(folder, 'nightdesk.yaml'), 'budget:\n  daily: 60\n');
    const [change] = await until(async () => {
      const told = await entries('settings');
      return told.length > 0 && told;
    });
    expect(change?.details).toEqual({ budget: { before: { daily: 50 }, after: { daily: 60 } } });
    await desk.client.settings.secretChanged({ name: 'mail', change: 'set' });
    await until(async () => (await kinds('secret')).length === 1);
    expect(await entries('secret')).toMatchObject([{ what: 'secret.set', subject: 'mail', details: {} }]);
  });

  it('tells of rehearsal traffic as it is dialled, and of numbers that were counted again', async () => {
    await desk.client.rehearsal.traffic({ perMinute: 3 });
    await desk.client.rehearsal.traffic({ perMinute: 0 });
    const rebuilt = await desk.client.health.rebuild();
    await until(async () => (await kinds('health')).length === 1);
    expect(await entries('traffic')).toMatchObject([
      { what: 'traffic.set', by: { via: 'cli' }, details: { perMinute: 3 } },
      { what: 'traffic.set', by: { via: 'cli' }, details: { perMinute: 0 } },
    ]);
    expect(await entries('health')).toMatchObject([{ what: 'health.rebuilt', by: { via: 'cli' }, details: rebuilt }]);
  });

  it('tells of alert rules as their files change, rule by rule, and what a start found', async () => {
    const file = join(folder, 'alerts', 'team.yaml');
    const slow = (above: number) => `rules:\n  - { name: slow, measure: p95, above: ${above} }\n`;
    const told = (count: number) =>
      until(async () => {
        const found = await entries('rules');
        return found.length === count && found;
      });
    mkdirSync(join(folder, 'alerts'), { recursive: true });
    writeFileSync(file, slow(45));
    expect(await told(1)).toMatchObject([
      {
        subject: 'team.yaml',
        by: { via: 'desk' },
        details: { rules: { slow: { before: null, after: { above: 45 } } } },
      },
    ]);
    writeFileSync(file, slow(60));
    expect((await told(2))[1]?.details).toMatchObject({
      rules: { slow: { before: { above: 45 }, after: { above: 60 } } },
    });
    writeFileSync(file, 'rules: [\n');
    const [, second, broken] = await told(3);
    expect(broken?.details).toMatchObject({ rules: {}, broken: [expect.stringMatching(/^2: /)] });
    rmSync(file);
    const [, , , gone] = await told(4);
    expect(gone?.details).toMatchObject({ hashAfter: null, rules: { slow: { after: null } } });
    expect(z.object({ hashAfter: z.string() }).parse(second?.details).hashAfter).toMatch(/^[0-9a-f]{64}$/);
    expect((await entries('desk.started'))[0]?.details).toMatchObject({ alertRules: {} });
  });

  it('is sound, by the desk, by the command line and by the doctor', async () => {
    await until(async () => (await kinds('action.done')).length === (await kinds('action.outcome')).length);
    const { head } = await desk.client.audit.verify({});
    await until(() => readAnchor(folder)?.seq === head.seq);
    expect(await desk.client.audit.verify({ expected: head })).toMatchObject({ sound: true, findings: [] });
    const verified = await desk.cli('audit', 'verify', '--head', `${head.seq}:${head.hash}`, '--json');
    expect(verified.code).toBe(0);
    expect(documentOf('audit verify', verified)).toMatchObject({ sound: true, entries: head.seq });
    expect((await desk.cli('audit', 'verify')).out).toContain(`Head ${head.seq}:${head.hash}`);
    const { findings } = documentOf('doctor', await desk.cli('doctor', '--json'));
    expect(findings.find(({ what }) => what === 'audit')).toMatchObject({ state: 'good' });
  });

  it('goes out as JSON lines and as CSV, oldest first, of a span', async () => {
    const all = await entries();
    const lines = (await desk.cli('audit', 'export')).out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as AuditRecord).hash)).toEqual(all.map(({ hash }) => hash));
    const from = all[2]?.at ?? 0;
    const out = join(folder, 'audit.csv');
    const written = await desk.cli(
      'audit',
      'export',
      '--format',
      'csv',
      '--out',
      out,
      '--from',
      new Date(from).toISOString(),
      '--json',
    );
    const { entries: count } = documentOf('audit export', written);
    expect(count).toBe(all.filter(({ at }) => at >= from).length);
    expect(readFileSync(out, 'utf8')).toMatch(/^entry,moment,who,via,what,subject,details,previous,hash\n/);
    const listed = documentOf('audit list', await desk.cli('audit', 'list', '--what', 'silence', '--json'));
    expect(listed.entries.map(({ what }) => what)).toEqual(['silence.ended', 'silence.set']);
  });
});

describe('over stops and starts', () => {
  it('tells how the desk before ended, and goes on in the same chain', async () => {
    await desk.kill();
    desk = await startDesk(folder, '--rehearsal', '0');
    await desk.close();
    desk = await startDesk(folder, '--rehearsal', '0');
    const told = await entries('desk');
    expect(told.map(({ what }) => what)).toEqual(['desk.started', 'desk.started', 'desk.stopped', 'desk.started']);
    expect(told.filter(({ what }) => what === 'desk.started').map(({ details }) => details)).toMatchObject([
      { before: 'had stopped' },
      { before: 'was killed' },
      { before: 'had stopped' },
    ]);
    expect(await desk.client.audit.verify({})).toMatchObject({ sound: true });
  });

  it('takes a restore for one, told by who did it, and not for a cut', async () => {
    const before = await desk.client.audit.verify({});
    await desk.client.alertRoutes.test({ name: 'native' });
    const [backup] = (await desk.client.backups.list()).backups;
    await desk.close();
    expect((await runCli(folder, 'restore', backup?.file ?? '')).code).toBe(0);
    expect(documentOf('audit verify', await runCli(folder, 'audit', 'verify', '--json'))).toMatchObject({
      sound: true,
      notes: [expect.stringContaining('was restored')],
    });
    desk = await startDesk(folder, '--rehearsal', '0');
    const [restored] = await entries('backup.restored');
    expect(restored).toMatchObject({ subject: backup?.file, by: { via: 'cli' } });
    const { replaced } = z.object({ replaced: z.number() }).parse(restored?.details);
    expect(replaced).toBeGreaterThan(before.head.seq);
    expect(await desk.client.audit.verify({})).toMatchObject({
      sound: true,
      notes: [expect.stringContaining('gave up')],
    });
  });

  it('is not mended by a start: what was cut off while no desk ran stays found', async () => {
    const { head } = await desk.client.audit.verify({});
    await desk.close();
    tamper(`DELETE FROM audit WHERE seq > ${head.seq - 1}`);
    const cut = documentOf('audit verify', await runCli(folder, 'audit', 'verify', '--json'));
    expect(cut).toMatchObject({ sound: false, findings: [{ kind: 'cut', from: head.seq }] });
    desk = await startDesk(folder, '--rehearsal', '0');
    expect(desk.printed()).toContain(`AUDIT: entries ${head.seq} to`);
    const { findings } = await desk.client.audit.verify({});
    expect(findings).toMatchObject([{ kind: 'broken', from: head.seq }]);
    const doctor = documentOf('doctor', await desk.cli('doctor', '--json'));
    expect(doctor.findings.find(({ what }) => what === 'audit')).toMatchObject({ state: 'bad' });
    rmSync(join(folder, 'audit.csv'));
  });
});
