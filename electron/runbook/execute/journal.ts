import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Run } from '#contract/runbook.ts';
import { prepareRuns, type RunRow } from '../../store/run.ts';
import type { RunbooksOptions } from '../types.ts';
import type { RunRecord, StepRecord } from './record.ts';

/** Runs in the store: JSON bodies to records and back. */
export function openJournal({ db, commit }: RunbooksOptions['store']) {
  const rows = prepareRuns(db);

  function runOf(row: RunRow): RunRecord {
    const body = JSON.parse(row.body) as Pick<RunRecord, 'run' | 'values'>;
    const steps = rows.steps(row.id).map((step) => JSON.parse(step.body) as StepRecord);
    return { run: { ...body.run, id: row.id }, values: body.values, steps };
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
        const { run, values } = record;
        const body = JSON.stringify({ run, values });
        const id = rows.insert({ runbook: run.runbook, incident: run.incident, started_at: run.startedAt, body });
        writeSteps(id, record.steps);
        return { ...record, run: { ...run, id } };
      }),
    /** Writes what differs. Resolves once it is durable. */
    update: (before: RunRecord, after: RunRecord): Promise<Result<void>> =>
      answered(() => {
        const { run, values } = after;
        const body = JSON.stringify({ run, values });
        rows.update({ id: run.id, ended_at: run.endedAt, outcome: run.outcome, body });
        writeSteps(
          run.id,
          after.steps.filter((step) => step !== before.steps[step.index]),
        );
      }),
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
