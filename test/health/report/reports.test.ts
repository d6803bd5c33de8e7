import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from '#contract/basic.ts';
import type { Result } from '#contract/errors.ts';
import { type Report, reportSchema } from '#contract/report.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import { endedTask } from '../../support/ended.ts';
import { NIGHT, startHealth, type TestHealth } from '../../support/health.ts';
import { until } from '../../support/until.ts';

/** Monday of the week before the night of the tests, which is a Tuesday. */
const MONDAY = Date.UTC(2026, 10, 16);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const me = { name: 'mara', via: 'console' } as const;
const HOSTILE = '<img src=x onerror=alert(1)> | `rm` [x](javascript:alert(1))\u202E';

let desk: TestHealth;
let tasks: TaskEnded[];
beforeEach(() => {
  desk = startHealth({ triage: { team: 'finance' }, drafts: {}, quiet: {} });
  tasks = [];
});
afterEach(() => desk.close());

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Ends of a whole week and the three before it, a task each ten minutes; every `badEach`th of an agent fails. */
function fourWeeks(agent: string, badEach: number): void {
  let count = 0;
  for (let at = MONDAY - 21 * DAY_MS; at < MONDAY + 7 * DAY_MS; at += 600_000) {
    count += 1;
    const state = count % badEach === 0 ? 'failed' : 'succeeded';
    tasks.push(
      endedTask({
        agent,
        id: `t${tasks.length + 1}`,
        state,
        acceptedAt: at,
        startedAt: at + 100,
        endedAt: at + 5_000,
        costUsd: 0.01,
      }),
    );
  }
  desk.emit(...tasks.splice(0));
}

async function make(week?: string, zone = 'UTC'): Promise<Report> {
  return must(await desk.health.reports.make({ ...(week === undefined ? {} : { week }), zone }, me));
}

describe('the weekly report', () => {
  it('is of the last week that is over, and its numbers are those of the tasks', async () => {
    fourWeeks('triage', 1_000);
    fourWeeks('drafts', 10);
    const { data } = await make();
    expect(data).toMatchObject({ week: '2026-W47', from: MONDAY, to: MONDAY + 7 * DAY_MS, cutOffAt: NIGHT });
    const [triage, drafts, quiet] = data.agents;
    expect(triage?.week.success).toMatchObject({ total: 1_008, good: 1_007 });
    expect(triage?.weeks4.success).toMatchObject({ total: 4_032, good: 4_028 });
    expect(triage?.week.verdict).toBe('met');
    expect(drafts?.week).toMatchObject({ verdict: 'missed', ends: { succeeded: 907, failed: 101 } });
    expect(drafts?.week.budgetSpent).toBeCloseTo(101 / (1_008 * 0.05), 6);
    expect(drafts?.week.costPerSuccessUsd).toBeCloseTo((1_008 * 0.01) / 907, 6);
    expect(drafts?.days.map(({ good, bad }) => good + bad)).toEqual(new Array(7).fill(144));
    expect(quiet?.week).toMatchObject({ verdict: 'unknown', success: { estimate: null, total: 0 }, budgetSpent: null });
    expect(data.exclusions.map(({ what }) => what)).toContain('a verdict on quiet');
  });

  it('cuts its days where they begin in its zone, also where that is no full hour', async () => {
    fourWeeks('triage', 1_000);
    const { data } = await make('2026-W47', 'Asia/Kolkata');
    expect(data.from).toBe(MONDAY - 5.5 * HOUR_MS);
    const [triage] = data.agents;
    expect(triage?.week.success.total).toBe(1_008);
    expect(triage?.days.map(({ good, bad }) => good + bad)).toEqual(new Array(7).fill(144));
  });

  it('says of a week that is not over that it is not, and refuses one that has not begun', async () => {
    const { data } = await make('2026-W48');
    expect(data.exclusions).toContainEqual({ what: 'the rest of the week', count: null, why: 'it is not over' });
    expect(await desk.health.reports.make({ week: '2026-W49', zone: 'UTC' }, me)).toMatchObject({
      ok: false,
      error: { code: 'BAD_INPUT', where: 'week' },
    });
    expect(await desk.health.reports.make({ agents: ['nobody'] }, me)).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });

  it('is kept with its whole data set: what was handed over is shown again, byte for byte, over a restart', async () => {
    fourWeeks('triage', 50);
    const made = await make();
    const before = must(await desk.health.reports.file(made.id, 'html')).content;
    fourWeeks('triage', 2);
    await desk.restart();
    expect(desk.health.reports.get(made.id)).toEqual(made);
    expect(must(await desk.health.reports.file(made.id, 'html')).content).toBe(before);
    const again = await make();
    expect(again.hash).not.toBe(made.hash);
    expect(desk.health.reports.list().map(({ id, week }) => [id, week])).toEqual([
      [again.id, '2026-W47'],
      [made.id, '2026-W47'],
    ]);
  });

  it('states its hash, and the hash is of what it holds', async () => {
    fourWeeks('triage', 50);
    const { id, hash } = await make();
    const file = must(await desk.health.reports.file(id, 'json'));
    const read = reportSchema.parse(JSON.parse(Buffer.from(file.content, 'base64').toString()));
    const canonical = canonicalJson(JSON.parse(JSON.stringify(read.data)) as Json);
    expect(createHash('sha256').update(canonical).digest('hex')).toBe(hash);
    for (const format of ['html', 'md'] as const) {
      const text = Buffer.from(must(await desk.health.reports.file(id, format)).content, 'base64').toString();
      expect(text).toContain(hash);
    }
  });

  it('tells incidents with their times, pages that nobody needed, and what changed', async () => {
    desk.clock.now = MONDAY + 2 * DAY_MS;
    fourWeeks('triage', 1_000);
    desk.setBreaker('anthropic', 'open');
    const [incident] = await settled(() => desk.health.incidents(true));
    must(await desk.health.acknowledge(incident?.id ?? 0, me));
    desk.clock.now += 1_800_000;
    desk.setBreaker('anthropic', 'closed');
    await settled(() => desk.health.incidents(false).filter(({ state }) => state === 'resolved'));
    desk.clock.now = NIGHT;
    const { data } = await make();
    expect(data.incidents).toMatchObject([
      { id: incident?.id, times: { detectedAt: MONDAY + 2 * DAY_MS, resolvedAt: MONDAY + 2 * DAY_MS + 1_800_000 } },
    ]);
    expect(data.alerts).toMatchObject({ fired: 1, pages: 1, precision: { good: 1, total: 1 } });
    expect(data.times.resolve).toMatchObject({ n: 1, medianMs: 1_800_000 });
  });
});

/** What is there once health has written. */
function settled<T>(read: () => T[]): Promise<T[]> {
  return until(() => {
    const found = read();
    return found.length > 0 && found;
  });
}

describe('its formats', () => {
  async function formats(): Promise<Record<'html' | 'md' | 'pdf', Buffer>> {
    must(await desk.health.incidentPart.desk.open({ title: HOSTILE, severity: 'sev2', agents: ['triage'] }, me));
    fourWeeks('triage', 50);
    const { id } = await make('2026-W48');
    const of = async (format: 'html' | 'md' | 'pdf') =>
      Buffer.from(must(await desk.health.reports.file(id, format)).content, 'base64');
    return { html: await of('html'), md: await of('md'), pdf: await of('pdf') };
  }

  it('HTML holds everything itself, runs nothing, and shows what people typed as text', async () => {
    const html = (await formats()).html.toString();
    expect(html).not.toMatch(/<script|<link|<iframe|url\(|@import/i);
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/(?:src|href)=["']?(?:https?:|\/\/)/);
  });

  it('Markdown keeps its tables whole, and nothing that people typed is markup', async () => {
    const text = (await formats()).md.toString();
    const line = text.split('\n').find((each) => each.includes('onerror'));
    expect(line).toContain('\\<img');
    expect(line).toContain('\\|');
    expect(line).toContain('\\[x\\]');
    const widths = text.split('\n').filter((each) => each.startsWith('| '));
    for (const row of widths) expect(row.endsWith(' |')).toBe(true);
  });

  it('PDF is one, with its title', async () => {
    const { pdf } = await formats();
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.subarray(-6).toString()).toContain('%%EOF');
    expect(pdf.toString('latin1')).toContain('/Title ');
    expect(pdf.toString('latin1')).toMatch(/\/Count [1-9]/);
  });
});

describe('the schedule', () => {
  it('makes it once the week is over, sends it once, and makes up for a Monday that it slept through', async () => {
    await desk.close();
    desk = startHealth(
      { triage: {} },
      undefined,
      {},
      { routes: { chat: { kind: 'slack', url: 'https://chat.test/hook' } }, reports: { to: ['chat'], zone: 'UTC' } },
    );
    desk.clock.now = MONDAY + 7 * DAY_MS + 6 * HOUR_MS;
    fourWeeks('triage', 50);
    await ticks();
    expect(desk.health.reports.list()).toEqual([]);
    desk.clock.now += 2 * HOUR_MS;
    const [report] = await settled(() => desk.health.reports.list());
    expect(report).toMatchObject({ week: '2026-W47', by: 'schedule' });
    const [notice] = await settled(() => desk.notices.filter(({ kind }) => kind === 'report'));
    if (notice?.kind !== 'report') throw new Error('no report was sent');
    expect(notice.routes).toEqual(['chat']);
    expect(notice.report.text).toContain('objectives met');
    for (const { path, type } of notice.report.attachments) {
      expect(readFileSync(path).length).toBeGreaterThan(1_000);
      expect(['application/pdf', 'text/html']).toContain(type);
    }
    await ticks();
    await desk.restart();
    await ticks();
    expect(desk.health.reports.list()).toHaveLength(1);
    desk.clock.now += 10 * DAY_MS;
    await settled(() => desk.health.reports.list().filter(({ week }) => week === '2026-W48'));
  });
});

/** Health has looked at its schedules again: what a tick writes is there. */
async function ticks(): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    const before = desk.changes();
    desk.emit(endedTask({ agent: 'quiet', id: `t${900_000 + before}`, endedAt: desk.clock.now }));
    await until(() => desk.changes() > before);
  }
}
