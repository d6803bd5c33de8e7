import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Run } from '#contract/runbook.ts';
import { prepareRuns, type RunRow } from '../../store/run.ts';
import type { RunbooksOptions } from '../types.ts';
import { auditedOf } from './audited.ts';
import { BLANK, FRESH_RUN, type RunRecord, type StepRecord } from './record.ts';
import { isAct } from './verb.ts';

/** Runs in the store: JSON bodies to records and back. */
export function openJournal({ db, commit, audit }: RunbooksOptions['store']) {
  const rows = prepareRuns(db);

  function runOf(row: RunRow): RunRecord {
    const body = JSON.parse(row.body) as Omit<RunRecord, 'steps'>;
    const steps = rows.steps(row.id).map((step): StepRecord => {
      const stored = JSON.parse(step.body) as StepRecord;
      // What an older version did not know of is as in a step that was never begun.
      return { ...BLANK, ...stored, serial: stored.serial ?? step.idx, failures: stored.failures ?? 0 };
    });
    const heldSince = body.heldSince ?? row.started_at;
    return { ...FRESH_RUN, ...body, heldSince, run: { ...body.run, id: row.id }, steps };
  }

  function bodyOf({ steps: _, ...rest }: RunRecord): string {
    return JSON.stringify(rest);
  }

  function writeSteps(run: number, steps: StepRecord[]): void {
    for (const step of steps) rows.writeStep({ run, idx: step.index, state: step.state, body: JSON.stringify(step) });
  }

  async function answered<T>(work: () => T): Promise<Result<T>> {
    try {
      return succeed(await commit(work));
    } catch (error) {
      return fail(
        'STORAGE',
        `The run could not be written: ${error instanceof Error ? error.message : String(error)}`,
        {
          kept: 'The run stands as it was.',
          todo: 'Free space on the disk of the data folder, then do it again.',
        },
      );
    }
  }

  return {
    /** @returns the run with its id, once it is durable */
    insert: (record: RunRecord): Promise<Result<RunRecord>> =>
      answered(() => {
        const { run } = record;
        const body = bodyOf(record);
        const id = rows.insert({ runbook: run.runbook, incident: run.incident, started_at: run.startedAt, body });
        writeSteps(id, record.steps);
        const begun = { ...record, run: { ...run, id } };
        auditedOf(null, begun).forEach(audit);
        return begun;
      }),
    /** Writes what differs. Resolves once it is durable. */
    update: (before: RunRecord, after: RunRecord): Promise<Result<void>> =>
      answered(() => {
        auditedOf(before, after).forEach(audit);
        const { run } = after;
        rows.update({ id: run.id, ended_at: run.endedAt, outcome: run.outcome, body: bodyOf(after) });
        const changed = after.steps.filter((step) => step !== before.steps[step.index]);
        writeSteps(run.id, changed);
        for (const step of changed) {
          const { key, source, startedAt } = step;
          if (step.state !== 'acting' || key === null || !isAct(step)) continue;
          const verb = source.directive?.verb ?? '';
          rows.writeAct({ key, run: run.id, step: source.id, verb, at: startedAt ?? run.startedAt });
        }
      }),
    /** Acts of all runs since then, sent or on their way. */
    actsSince: (from: number): number => rows.actsSince(from),
    read: (id: number): RunRecord | undefined => {
      const row = rows.one(id);
      return row === undefined ? undefined : runOf(row);
    },
    inProgress: (): RunRecord[] => rows.open().map(runOf),
    /** Newest first, without their steps. */
    list: (incident: number | undefined, limit: number): Run[] => {
      const found = incident === undefined ? rows.newest(limit) : rows.ofIncident(incident, limit);
      return found.map((row) => ({ ...(JSON.parse(row.body) as Pick<RunRecord, 'run'>).run, id: row.id }));
    },
    /** When a runbook was last run, and how that ended. */
    lastOf: (runbook: string): { at: number; outcome: string | null } | undefined => {
      const row = rows.lastOf(runbook);
      return row === undefined ? undefined : { at: row.started_at, outcome: row.outcome };
    },
  };
}
export type Journal = ReturnType<typeof openJournal>;
