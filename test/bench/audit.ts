import { performance } from 'node:perf_hooks';
import { prepareAuditReader, prepareAuditWriter } from '../../electron/store/audit.ts';
import { verifyAudit } from '../../electron/store/audit-verify.ts';
import { prepareControl } from '../../electron/store/lane.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { inFolder, median } from './measure.ts';

const MASK = { text: (text: string) => text, json: <T>(value: T) => value };

/** ms that a commit of an action takes at the median, with its audit entry and without; bytes of an entry on the disk. */
export type AuditCost = { withMs: number; withoutMs: number; entryMs: number; entryBytes: number; verifyMs: number };

/** Commits actions one by one, with their entry and without in turns: what else the disk does falls on both. */
export function auditCost(actions: number): Promise<AuditCost> {
  return inFolder(async (folder) => {
    const opened = openDatabase(folder, Date.now());
    if (!opened.ok) throw new Error(opened.error.message);
    const { db } = opened.value;
    const control = prepareControl(db);
    const audit = prepareAuditWriter(db, { now: Date.now, mask: MASK });
    const commits: Record<'with' | 'without', number[]> = { with: [], without: [] };
    const entries: number[] = [];
    for (let n = 0; n < actions * 2; n += 1) {
      const key = `bench-${n}`;
      const acceptedAt = Date.now();
      const action = { verb: 'pause', agent: 'invoice-triage', forMs: 1_800_000 };
      const planned = 'Intake of invoice-triage: open → paused. 2 running tasks go on, 30 wait';
      const details = {
        key,
        action,
        acceptedAt,
        repeated: false,
        planHash: '0123456789abcdef',
        shownHash: null,
        planned,
      };
      const kind = n % 2 === 0 ? 'with' : 'without';
      const from = performance.now();
      db.transaction(() => {
        control.writeAction(key, JSON.stringify(action), acceptedAt);
        if (kind === 'without') return;
        const begun = performance.now();
        audit({ by: { name: 'ada', via: 'console' }, what: 'action.done', subject: action.agent, details });
        entries.push(performance.now() - begun);
      })();
      commits[kind].push(performance.now() - from);
    }
    const size = db.prepare<[], number>(`SELECT sum(pgsize) FROM dbstat WHERE name = 'audit'`).pluck().get() ?? 0;
    const began = performance.now();
    const verdict = await verifyAudit(db, folder, prepareAuditReader(db).head());
    const verifyMs = performance.now() - began;
    db.close();
    if (verdict.entries !== actions || verdict.findings.some(({ kind }) => kind !== 'no-anchor')) {
      throw new Error(`the log is not what was written: ${JSON.stringify(verdict.findings)}`);
    }
    return {
      withMs: median(commits.with),
      withoutMs: median(commits.without),
      entryMs: median(entries),
      entryBytes: size / actions,
      verifyMs,
    };
  });
}
