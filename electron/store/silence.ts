import type { Database } from 'better-sqlite3';
import { markBits } from './task.ts';

/** A task that stands as running. */
export type RunningRow = { id: number; agent: string; worker: string | null; claimed_at: number };

/** What became of tasks accepted since a moment. */
export type CohortCount = { since: number; accepted: number; ended: number; inFlight: number; stranded: number };

/** Tasks that an account looks at, the newest. */
const COHORT_MAX = 5_000;
const HOUR_MS = 3_600_000;

/**
 * What is read to see whether something fell silent. Nothing here reads more than tasks in flight, an hour of ends or
 * a few thousand rows: it runs each minute beside the work.
 */
export function prepareSilence(db: Database) {
  const oldestQueued = db.prepare<[string], { id: number | null }>(
    `SELECT min(id) AS id FROM task INDEXED BY task_runnable WHERE agent = ? AND state = 'queued'`,
  );
  const accepted = db.prepare<[number], { accepted_at: number }>('SELECT accepted_at FROM task WHERE id = ?');
  const before = db.prepare<[number], { id: number; accepted_at: number }>(
    'SELECT id, accepted_at FROM task WHERE id <= ? ORDER BY id DESC LIMIT 1',
  );
  const ids = db.prepare<[], { first: number | null; last: number | null }>(
    'SELECT (SELECT min(id) FROM task) AS first, (SELECT max(id) FROM task) AS last',
  );
  const overdue = db.prepare<{ agent: string; id: number }, { n: number; oldest: number | null }>(
    `SELECT count(*) AS n, min(id) AS oldest FROM (
       SELECT id FROM task INDEXED BY task_runnable WHERE agent = @agent AND state = 'queued' AND id <= @id
       UNION ALL
       SELECT id FROM task INDEXED BY task_waiting
         WHERE wait_kind IS NOT NULL AND wait_kind <> 'delayed' AND agent = @agent AND id <= @id
       UNION ALL
       SELECT id FROM task INDEXED BY task_running WHERE state = 'running' AND agent = @agent AND id <= @id)`,
  );
  const running = db.prepare<[], RunningRow>(
    `SELECT id, agent, worker, claimed_at FROM task INDEXED BY task_running WHERE state = 'running'`,
  );
  const inFlight = db.prepare<[], { n: number }>(
    `SELECT (SELECT count(*) FROM task INDEXED BY task_runnable WHERE state = 'queued')
          + (SELECT count(*) FROM task INDEXED BY task_waiting WHERE wait_kind IS NOT NULL)
          + (SELECT count(*) FROM task INDEXED BY task_running WHERE state = 'running') AS n`,
  );
  // A task in flight stands in one of the queues; one that waits for a moment or a thing is found by it.
  const cohort = db.prepare<[number], { n: number; ended: number; held: number }>(
    `SELECT count(*) AS n,
       coalesce(sum(state IN ('succeeded', 'failed', 'cancelled', 'in-doubt')), 0) AS ended,
       coalesce(sum(state IN ('queued', 'running') OR (state IN ('waiting', 'retrying') AND wait_kind IS NOT NULL)), 0) AS held
     FROM task WHERE id > ?`,
  );
  const foreign = db.prepare<[number, number], { n: number; ended: number; held: number }>(
    `SELECT count(*) AS n,
       coalesce(sum(EXISTS (SELECT 1 FROM event e WHERE e.runtime = t.runtime AND e.task = t.task AND e.kind = 'ended')), 0) AS ended,
       coalesce(sum(EXISTS (SELECT 1 FROM open_task o WHERE o.runtime = t.runtime AND o.task = t.task)), 0) AS held
     FROM (SELECT DISTINCT runtime, task FROM event INDEXED BY event_at WHERE at >= ? AND kind = 'accepted' LIMIT ?) t`,
  );
  const oldestEnd = db.prepare<[], { at: number | null }>(
    `SELECT ended_at AS at FROM task INDEXED BY task_ended
     WHERE ended_at IS NOT NULL AND state <> 'in-doubt' ORDER BY ended_at LIMIT 1`,
  );
  const ends = db.prepare<[number, number], { n: number }>(
    `SELECT count(*) AS n FROM task INDEXED BY task_ended
     WHERE ended_at >= ? AND ended_at < ? AND (key IS NULL OR key NOT LIKE 'canary:%')`,
  );
  const unverified = db.prepare<[number, number], { id: number; agent: string; ended_at: number }>(
    `SELECT id, agent, ended_at FROM task INDEXED BY task_ended
     WHERE ended_at >= ? AND state = 'succeeded' AND (marks & ?) <> 0 ORDER BY ended_at`,
  );
  const calls = db.prepare<[number], { n: number; tools: number }>(
    `SELECT count(*) AS n, coalesce(sum(kind IN ('tool', 'effect')), 0) AS tools FROM step WHERE task = ?`,
  );
  const firstSeen = db.prepare<[string], { at: number | null }>(
    'SELECT min(seen_at) AS at FROM definition WHERE agent = ?',
  );
  const canaries = db.prepare<[], { agent: string; body: string }>('SELECT agent, body FROM canary');
  const writeCanary = db.prepare<unknown[]>('INSERT OR REPLACE INTO canary (agent, body) VALUES (?, ?)');
  const usuals = db.prepare<[], { agent: string; body: string }>('SELECT agent, body FROM usual');
  const writeUsual = db.prepare<unknown[]>('INSERT OR REPLACE INTO usual (agent, body) VALUES (?, ?)');
  const forgetUsual = db.prepare<[string]>('DELETE FROM usual WHERE agent = ?');

  /** The newest id accepted before a moment, 0 when there is none: ids grow with acceptance. */
  function idBefore(moment: number): number {
    const { first, last } = ids.get() ?? { first: null, last: null };
    let low = (first ?? 1) - 1;
    let high = last ?? 0;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const row = before.get(middle);
      if (!row || row.accepted_at < moment) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    oldestQueued(agent: string): { id: number; acceptedAt: number } | undefined {
      const id = oldestQueued.get(agent)?.id ?? null;
      const row = id === null ? undefined : accepted.get(id);
      return id === null || !row ? undefined : { id, acceptedAt: row.accepted_at };
    },
    /** Of an agent, in flight, and accepted before a moment; one that was to start later is none. */
    overdue(agent: string, acceptedBefore: number): { count: number; oldest: number | null } {
      const found = overdue.get({ agent, id: idBefore(acceptedBefore) });
      return { count: found?.n ?? 0, oldest: found?.oldest ?? null };
    },
    running: (): RunningRow[] => running.all(),
    inFlight: (): number => inFlight.get()?.n ?? 0,
    /**
     * What became of the tasks accepted since `from`, the newest few thousand of them. None of them can have been removed
     * for its age: what was removed ended before the oldest end that is left, or before this hour.
     */
    cohort(from: number, now: number): CohortCount {
      const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
      const kept = Math.min(oldestEnd.get()?.at ?? hour, hour);
      const last = ids.get()?.last ?? 0;
      const floor = Math.max(idBefore(Math.max(from, kept)), last - COHORT_MAX);
      const { n, ended, held } = cohort.get(floor) ?? { n: 0, ended: 0, held: 0 };
      const first = before.get(floor + 1);
      return {
        since: first && first.id > floor ? first.accepted_at : now,
        accepted: Math.max(0, last - floor),
        ended,
        inFlight: held,
        stranded: n - ended - held,
      };
    },
    /** The same of tasks that other runtimes told of. */
    foreign(from: number): Omit<CohortCount, 'since'> {
      const { n, ended, held } = foreign.get(from, COHORT_MAX) ?? { n: 0, ended: 0, held: 0 };
      return { accepted: n, ended, inFlight: held, stranded: 0 };
    },
    /** Ends in [from, to), canaries left out. */
    ends: (from: number, to: number): number => ends.get(from, to)?.n ?? 0,
    unverifiedSince: (from: number) => unverified.all(from, markBits('unverified')),
    /** Whether a task called no tool; undefined when nothing of it was journaled. */
    toolless(task: number): boolean | undefined {
      const found = calls.get(task);
      return found === undefined || found.n === 0 ? undefined : found.tools === 0;
    },
    /** When a definition of the agent was first seen. */
    firstSeen: (agent: string): number | null => firstSeen.get(agent)?.at ?? null,
    canaries: () => canaries.all(),
    writeCanary: (agent: string, body: string): void => {
      writeCanary.run(agent, body);
    },
    usuals: () => usuals.all(),
    writeUsual: (agent: string, body: string): void => {
      writeUsual.run(agent, body);
    },
    forgetUsual: (agent: string): void => {
      forgetUsual.run(agent);
    },
  };
}
export type SilenceStore = ReturnType<typeof prepareSilence>;
