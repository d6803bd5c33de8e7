import type { Database } from 'better-sqlite3';

/** How many runs a runbook has had, by how they ended, and when the newest began. */
export type RunCountRow = {
  runbook: string;
  runs: number;
  recovered: number;
  ended: number;
  open: number;
  last_used_at: number;
};

/** A run, as far as it is counted. `hash`: of the file's text that it holds. */
export type RunMetricRow = {
  id: number;
  runbook: string;
  started_at: number;
  ended_at: number | null;
  outcome: string | null;
  hash: string;
  rehearsal: 0 | 1;
};

/** A step of a run, as far as it is counted. */
export type StepMetricRow = {
  run: number;
  idx: number;
  state: string;
  step: string;
  section: string;
  title: string;
  ended_at: number | null;
  failures: number;
};

/** Skips and failures of a runbook's steps. */
export type StepSumRow = { runbook: string; skipped: number; failed: number };

const RUN = `id, runbook, started_at, ended_at, outcome, json_extract(body, '$.run.hash') AS hash,
  json_extract(body, '$.run.rehearsal') AS rehearsal`;
const FAILURES = `coalesce(json_extract(s.body, '$.failures'), s.state IN ('failed', 'no-data'))`;

/** What is counted of runs and their steps; reads alone. */
export function prepareRunMetrics(db: Database) {
  const counts = db.prepare<[], RunCountRow>(
    `SELECT runbook, count(*) AS runs, sum(outcome IS 'recovered') AS recovered,
       sum(ended_at IS NOT NULL AND outcome IS NOT 'recovered') AS ended, sum(ended_at IS NULL) AS open,
       max(started_at) AS last_used_at
     FROM run GROUP BY runbook`,
  );
  const recovered = db.prepare<[string, number], RunMetricRow>(
    `SELECT ${RUN} FROM run WHERE runbook = ? AND outcome = 'recovered' ORDER BY id DESC LIMIT ?`,
  );
  const newest = db.prepare<[string, number], RunMetricRow>(
    `SELECT ${RUN} FROM run WHERE runbook = ? ORDER BY id DESC LIMIT ?`,
  );
  const sums = db.prepare<[string, number], StepSumRow>(
    `SELECT r.runbook, sum(s.state = 'skipped') AS skipped, sum(${FAILURES}) AS failed
     FROM (SELECT id, runbook FROM run WHERE runbook = ? ORDER BY id DESC LIMIT ?) r JOIN run_step s ON s.run = r.id
     GROUP BY r.runbook`,
  );
  const steps = db.prepare<[string, number], StepMetricRow>(
    `SELECT s.run, s.idx, s.state, json_extract(s.body, '$.source.id') AS step, json_extract(s.body, '$.section') AS section,
       json_extract(s.body, '$.source.title') AS title, json_extract(s.body, '$.endedAt') AS ended_at,
       ${FAILURES} AS failures
     FROM (SELECT id FROM run WHERE runbook = ? ORDER BY id DESC LIMIT ?) r JOIN run_step s ON s.run = r.id
     ORDER BY s.run DESC, s.idx`,
  );
  return {
    counts: (): RunCountRow[] => counts.all(),
    /** Of one runbook, newest first. */
    recovered: (runbook: string, limit: number): RunMetricRow[] => recovered.all(runbook, limit),
    newest: (runbook: string, limit: number): RunMetricRow[] => newest.all(runbook, limit),
    /** Over its newest runs. */
    sums: (runbook: string, limit: number): StepSumRow | undefined => sums.get(runbook, limit),
    /** Of its newest runs, newest first, each in the order of the file. */
    steps: (runbook: string, limit: number): StepMetricRow[] => steps.all(runbook, limit),
  };
}
