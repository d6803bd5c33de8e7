/*
 * Reports: week.ts, data.ts, words.ts, sections.ts, chart.ts and the formats are pure; here they are made from what is stored
 * (sources.ts), kept, and sent.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import {
  type Report,
  type ReportFile,
  type ReportFormat,
  type ReportSummary,
  reportDataSchema,
} from '#contract/report.ts';
import type { Settings } from '#contract/settings.ts';
import { prepareIncidentWork } from '../../store/incident-work.ts';
import type { Database } from '../../store/open.ts';
import { prepareReports, type ReportRow } from '../../store/report.ts';
import type { OutgoingNotice } from '../delivery/outbox.ts';
import { HOUR_MS } from '../indicator/rollups.ts';
import { hashOf, reportData } from './data.ts';
import { contentOf, fileName, TYPES } from './file.ts';
import { reportHtml } from './html.ts';
import { reportPdf } from './pdf.ts';
import { createSources, type SourcesOptions } from './sources.ts';
import { daysOf, lastWeek } from './week.ts';
import { provenance, summaryOf, titleOf } from './words.ts';

/** Reports that a list shows at most, the newest. */
const LISTED = 200;
const WEEKLY = 'weekly';
const BY_SCHEDULE: Actor = { name: 'schedule', via: 'schedule' };

export type ReportsOptions = Omit<SourcesOptions, 'store' | 'work'> & {
  db: Database;
  commit<T>(work: () => T): Promise<T>;
  dataFolder: string;
  settings(): Settings;
  version: string;
  put(notice: OutgoingNotice): void;
  audit: AuditWrite;
  log(message: string): void;
  onChange(): void;
};

export type ReportPart = {
  list(): ReportSummary[];
  get(id: number): Report | undefined;
  /** @param asked without a week, the last one that is over */
  make(
    asked: { week?: string | undefined; zone?: string | undefined; agents?: string[] | undefined },
    by: Actor,
  ): Promise<Result<Report>>;
  file(id: number, format: ReportFormat): Promise<Result<ReportFile>>;
  send(id: number, to: string[], by: Actor): Promise<Result<Report>>;
  /** Makes and sends what is due. */
  tick(): void;
};

export function createReports(options: ReportsOptions): ReportPart {
  const { db, settings, now } = options;
  const store = prepareReports(db);
  const sources = createSources({ ...options, store, work: prepareIncidentWork(db) });
  let sending = false;
  let failedAt = Number.NEGATIVE_INFINITY;

  function zone(): string {
    return settings().reports.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  async function write(week: string, inZone: string, only: string[] | undefined, by: Actor): Promise<Report> {
    const at = now();
    const data = reportData(
      {
        tool: `Nightdesk ${options.version}`,
        environment: settings().alerts.environment,
        rehearsal: options.rehearsal,
        week,
        zone: inZone,
        only,
        now: at,
      },
      sources(),
    );
    const hash = hashOf(data);
    const body = JSON.stringify(data);
    const id = await options.commit(() => {
      const made = store.insert({ week, made_at: at, made_by: by.name, hash, body });
      options.audit({ by, what: 'report.made', subject: `report ${made}`, details: { week, zone: inZone, hash } });
      return made;
    });
    options.onChange();
    return { id, madeAt: at, by: by.name, hash, data };
  }

  function get(id: number): Report | undefined {
    const row = store.one(id);
    return row && reportOf(row);
  }

  function keepFile(report: Report, format: 'html' | 'pdf', content: string | Buffer): string {
    const folder = join(options.dataFolder, 'reports');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, fileName(report, format));
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
    return path;
  }

  /** @param alongside is written in the commit that makes the messages due */
  async function sendOne(report: Report, to: string[], by: Actor, alongside: () => void = () => {}): Promise<void> {
    const html = keepFile(report, 'html', reportHtml(report));
    const pdf = keepFile(report, 'pdf', await reportPdf(report));
    await options.commit(() => {
      alongside();
      options.audit({ by, what: 'report.sent', subject: `report ${report.id}`, details: { to, hash: report.hash } });
      options.put({
        kind: 'report',
        routes: to,
        at: now(),
        report: {
          title: titleOf(report.data),
          text: `${summaryOf(report.data)}.\n${provenance(report)}`,
          attachments: [
            { name: fileName(report, 'pdf'), type: TYPES.pdf, path: pdf },
            { name: fileName(report, 'html'), type: TYPES.html, path: html },
          ],
        },
      });
    });
  }

  async function weekly(week: string, to: string[], until: number): Promise<void> {
    // One that was made and could not be sent is sent, not made again.
    const made = store.newest(LISTED).find((row) => row.week === week && row.made_by === BY_SCHEDULE.name);
    const report = made === undefined ? await write(week, zone(), undefined, BY_SCHEDULE) : reportOf(made);
    await sendOne(report, to, BY_SCHEDULE, () => store.fire(WEEKLY, until));
  }

  return {
    list: () => store.newest(LISTED).map(summaryRow),
    get,
    async make({ week, zone: asked, agents }, by) {
      const inZone = asked ?? zone();
      const wanted = week ?? lastWeek(now(), inZone);
      const [from = 0] = daysOf(wanted, inZone);
      if (from > now()) {
        return fail('BAD_INPUT', `Week ${wanted} has not begun.`, {
          kept: 'Nothing was made.',
          todo: `The last week that is over is ${lastWeek(now(), inZone)}.`,
          where: 'week',
        });
      }
      const known = new Set(options.agents().map(({ name }) => name));
      const unknown = agents?.filter((name) => !known.has(name)) ?? [];
      if (unknown.length > 0) {
        return fail('NOT_FOUND', `There is no agent ${unknown.join(', ')}.`, {
          kept: 'Nothing was made.',
          todo: 'Look at the agents: nightdesk status',
          where: 'agents',
        });
      }
      try {
        return succeed(await write(wanted, inZone, agents, by));
      } catch (error) {
        return storage(error);
      }
    },
    async file(id, format) {
      const report = get(id);
      if (report === undefined) return missing(id);
      const content = await contentOf(report, format);
      return succeed({ name: fileName(report, format), type: TYPES[format], content: content.toString('base64') });
    },
    async send(id, to, by) {
      const report = get(id);
      if (report === undefined) return missing(id);
      const strange = to.filter((name) => name !== 'native' && !Object.hasOwn(settings().routes, name));
      if (strange.length > 0) {
        return fail('NOT_FOUND', `There is no route ${strange.join(', ')}.`, {
          kept: 'The report stands, and was not sent.',
          todo: 'Look at the routes: nightdesk route list',
          where: 'to',
        });
      }
      try {
        await sendOne(report, to, by);
        return succeed(report);
      } catch (error) {
        return storage(error);
      }
    },
    tick() {
      const { to, at } = settings().reports;
      if (to.length === 0 || sending || (now() >= failedAt && now() < failedAt + HOUR_MS)) return;
      const week = lastWeek(now(), zone());
      const until = daysOf(week, zone()).at(-1) ?? 0;
      const due = until + at;
      const last = store.firedAt(WEEKLY);
      if (now() < due || (last !== undefined && last >= until)) return;
      sending = true;
      weekly(week, to, until)
        .catch((error: unknown) => {
          // Tried again in an hour: nothing says that it was made.
          failedAt = now();
          options.log(`the weekly report could not be made: ${String(error)}`);
        })
        .finally(() => {
          sending = false;
        });
    },
  };
}

function reportOf({ id, made_at, made_by, hash, body }: ReportRow): Report {
  return { id, madeAt: made_at, by: made_by, hash, data: reportDataSchema.parse(JSON.parse(body)) };
}

function summaryRow(row: ReportRow): ReportSummary {
  const { id, madeAt, by, hash, data } = reportOf(row);
  const count = (verdict: string): number => data.agents.filter((agent) => agent.week.verdict === verdict).length;
  const [met, missed] = [count('met'), count('missed')];
  return { id, week: data.week, madeAt, by, hash, met, missed, open: data.agents.length - met - missed };
}

function missing(id: number): Result<never> {
  return fail('NOT_FOUND', `There is no report ${id}.`, {
    kept: 'Nothing was changed.',
    todo: 'Look at the list: nightdesk report list',
  });
}

function storage(error: unknown): Result<never> {
  return fail('STORAGE', `The report could not be written: ${String(error)}.`, {
    kept: 'What it is made from stands.',
    todo: 'Free space on the disk of the data folder, then make it again.',
  });
}
