import type { Database } from 'better-sqlite3';
import type { Attempt, StepKind } from '#contract/task.ts';

/** A row of the step journal. JSON columns stand as text. */
export type StepRow = {
  task: number;
  seq: number;
  attempt: number;
  name: string;
  kind: StepKind;
  state: 'intent' | 'done' | 'failed' | 'in-doubt';
  started_at: number;
  ended_at: number | null;
  fingerprint: string | null;
  effect_key: string | null;
  request: string | null;
  result: string | null;
  error: string | null;
  call: string | null;
};

export type AttemptRow = {
  task: number;
  number: number;
  worker: string;
  started_at: number;
  ended_at: number;
  outcome: Attempt['outcome'];
  error: string | null;
  backoff_ms: number | null;
  replayed: string | null;
};

/** The statements on the journal: steps and attempts. They run inside the caller's transaction. */
export function prepareSteps(db: Database) {
  const write = db.prepare<unknown[]>(
    `INSERT OR REPLACE INTO step (task, seq, attempt, name, kind, state, started_at, ended_at, fingerprint, effect_key, request, result, error, call)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const ofTask = db.prepare<[number], StepRow>('SELECT * FROM step WHERE task = ? ORDER BY seq');
  const doubt = db.prepare<[number, number]>(
    `UPDATE step SET state = 'in-doubt' WHERE task = ? AND seq = ? AND state = 'intent'`,
  );
  const nextSeq = db.prepare<[number], { seq: number }>(
    'SELECT coalesce(max(seq), -1) + 1 AS seq FROM step WHERE task = ?',
  );
  const close = db.prepare<unknown[]>(
    'UPDATE step SET state = ?, ended_at = ?, result = ?, error = ? WHERE task = ? AND seq = ?',
  );
  const writeAttempt = db.prepare<unknown[]>(
    `INSERT OR REPLACE INTO attempt (task, number, worker, started_at, ended_at, outcome, error, backoff_ms, replayed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const attempts = db.prepare<[number], AttemptRow>('SELECT * FROM attempt WHERE task = ? ORDER BY number');

  const callsOf = db.prepare<
    [number, number],
    { usd: number | null; tokensIn: number | null; tokensOut: number | null }
  >(
    `SELECT sum(json_extract(call, '$.costUsd')) AS usd, sum(json_extract(call, '$.tokensIn')) AS tokensIn, sum(json_extract(call, '$.tokensOut')) AS tokensOut
     FROM step WHERE task = ? AND attempt = ? AND call IS NOT NULL AND state <> 'intent'`,
  );

  return {
    /** What the model calls of one attempt took: the task's row has it only when the attempt is over. */
    callsOf(task: number, attempt: number): { usd: number; tokensIn: number; tokensOut: number } {
      const { usd, tokensIn, tokensOut } = callsOf.get(task, attempt) ?? { usd: 0, tokensIn: 0, tokensOut: 0 };
      return { usd: usd ?? 0, tokensIn: tokensIn ?? 0, tokensOut: tokensOut ?? 0 };
    },
    write: (row: StepRow): void => {
      write.run(
        row.task,
        row.seq,
        row.attempt,
        row.name,
        row.kind,
        row.state,
        row.started_at,
        row.ended_at,
        row.fingerprint,
        row.effect_key,
        row.request,
        row.result,
        row.error,
        row.call,
      );
    },
    ofTask: (task: number): StepRow[] => ofTask.all(task),
    /** An intent without a result, found by a later attempt. */
    markInDoubt: (task: number, seq: number): void => {
      doubt.run(task, seq);
    },
    /** The number of a task's next journal entry. */
    nextSeq: (task: number): number => nextSeq.get(task)?.seq ?? 0,
    /** Gives a step that stands open its end. */
    close: (task: number, seq: number, end: Pick<StepRow, 'state' | 'ended_at' | 'result' | 'error'>): void => {
      close.run(end.state, end.ended_at, end.result, end.error, task, seq);
    },
    writeAttempt: (row: AttemptRow): void => {
      writeAttempt.run(
        row.task,
        row.number,
        row.worker,
        row.started_at,
        row.ended_at,
        row.outcome,
        row.error,
        row.backoff_ms,
        row.replayed,
      );
    },
    attempts: (task: number): AttemptRow[] => attempts.all(task),
  };
}
export type Steps = ReturnType<typeof prepareSteps>;
