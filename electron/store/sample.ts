import type { Database } from 'better-sqlite3';
import { actorSchema } from '#contract/basic.ts';
import {
  judgeScoreSchema,
  type Sample,
  type SampleClass,
  type SampleDetail,
  type SampleVerdict,
  sampleCopySchema,
} from '#contract/sample.ts';
import { markBits, marksOf } from './task.ts';

/** A row of the table sample. JSON columns stand as text. */
export type SampleRow = {
  id: number;
  task: number;
  agent: string;
  type: string;
  class: SampleClass;
  chance: number;
  ended_at: number;
  marks: number;
  model: string | null;
  rehearsal: number;
  /** Whether the rollups count it as incorrect. */
  counted: number;
  /** Its end as it was counted, a TaskEnded. */
  ended: string;
  copy: string | null;
  score: string | null;
  verdict: SampleVerdict | null;
  note: string | null;
  actor: string | null;
  judged_at: number | null;
};
export type NewSample = Omit<SampleRow, 'id' | 'counted' | 'verdict' | 'note' | 'actor' | 'judged_at'>;

/** How many of a class ended well on a day (UTC, in days since the epoch), were drawn, and were scored by a judge. */
export type SampleDayRow = {
  agent: string;
  type: string;
  class: SampleClass;
  rehearsal: number;
  day: number;
  seen: number;
  taken: number;
  scored: number;
  passed: number;
};

/** A verdict as the estimates need it. */
export type VerdictRow = Pick<SampleRow, 'type' | 'class' | 'chance' | 'ended_at' | 'score'> & {
  verdict: SampleVerdict;
  judged_at: number;
};

/** The sample as the contract shows it. */
export function sampleOf(row: SampleRow): Sample {
  return {
    id: row.id,
    task: `t${row.task}`,
    agent: row.agent,
    type: row.type,
    class: row.class,
    chance: row.chance,
    endedAt: row.ended_at,
    marks: marksOf(row.marks),
    model: row.model,
    rehearsal: row.rehearsal === 1,
    judged:
      row.verdict === null || row.judged_at === null
        ? null
        : {
            verdict: row.verdict,
            note: row.note,
            by: actorSchema.parse(JSON.parse(row.actor ?? 'null')),
            at: row.judged_at,
          },
    score: row.score === null || row.verdict === null ? null : judgeScoreSchema.parse(JSON.parse(row.score)),
  };
}

export function sampleDetailOf(row: SampleRow): SampleDetail {
  const copy = row.copy === null ? null : sampleCopySchema.parse(JSON.parse(row.copy));
  return { ...sampleOf(row), copy };
}

const LISTED =
  'id, task, agent, type, class, chance, ended_at, marks, model, rehearsal, counted, ended, NULL AS copy, score, verdict, note, actor, judged_at';

/** Statements on samples and verdicts. They run inside the caller's transaction. */
export function prepareSamples(db: Database) {
  const insert = db.prepare<unknown[]>(
    'INSERT OR IGNORE INTO sample (task, agent, type, class, chance, ended_at, marks, model, rehearsal, ended, copy, score) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const get = db.prepare<[number], SampleRow>('SELECT * FROM sample WHERE id = ?');
  const open = db.prepare<[number], SampleRow>(
    `SELECT ${LISTED} FROM sample WHERE verdict IS NULL ORDER BY ended_at, id LIMIT ?`,
  );
  const openOf = db.prepare<[string, number], SampleRow>(
    `SELECT ${LISTED} FROM sample INDEXED BY sample_open WHERE verdict IS NULL AND agent = ? ORDER BY ended_at, id LIMIT ?`,
  );
  const judged = db.prepare<[number], SampleRow>(
    `SELECT ${LISTED} FROM sample WHERE verdict IS NOT NULL ORDER BY judged_at DESC, id DESC LIMIT ?`,
  );
  const judgedOf = db.prepare<[string, number], SampleRow>(
    `SELECT ${LISTED} FROM sample INDEXED BY sample_judged WHERE verdict IS NOT NULL AND agent = ? ORDER BY judged_at DESC, id DESC LIMIT ?`,
  );
  const judge = db.prepare<unknown[]>(
    'UPDATE sample SET verdict = ?, note = ?, actor = ?, judged_at = ? WHERE id = ? AND verdict IS NULL',
  );
  const unjudge = db.prepare<[number]>(
    'UPDATE sample SET verdict = NULL, note = NULL, actor = NULL, judged_at = NULL WHERE id = ?',
  );
  const verdicts = db.prepare<[string, number, number], VerdictRow>(
    'SELECT type, class, chance, ended_at, score, verdict, judged_at FROM sample INDEXED BY sample_judged WHERE verdict IS NOT NULL AND agent = ? AND judged_at >= ? AND rehearsal = ? ORDER BY judged_at, id',
  );
  const openCount = db.prepare<[string, number], { n: number }>(
    'SELECT count(*) AS n FROM sample INDEXED BY sample_open WHERE verdict IS NULL AND agent = ? AND rehearsal = ?',
  );
  const day = db.prepare<[string, string, string, number, number], SampleDayRow>(
    'SELECT * FROM sample_day WHERE agent = ? AND type = ? AND class = ? AND rehearsal = ? AND day = ?',
  );
  const days = db.prepare<[string, number, number], SampleDayRow>(
    'SELECT * FROM sample_day WHERE agent = ? AND rehearsal = ? AND day >= ?',
  );
  const writeDay = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO sample_day (agent, type, class, rehearsal, day, seen, taken, scored, passed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const reach = db.prepare<[], { ended_at: number; tasks: string }>('SELECT ended_at, tasks FROM sample_reach');
  const writeReach = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO sample_reach (one, ended_at, tasks) VALUES (1, ?, ?)',
  );
  const outputNote = db.prepare<[number], { result: string | null }>(
    `SELECT result FROM step WHERE task = ? AND kind = 'output' AND state = 'done' ORDER BY seq DESC LIMIT 1`,
  );
  const mark = db.prepare<[number, number]>('UPDATE task SET marks = marks | ? WHERE id = ?');
  const unmark = db.prepare<[number, number]>('UPDATE task SET marks = marks & ~? WHERE id = ?');
  const uncounted = db.prepare<[], SampleRow>(
    `SELECT ${LISTED} FROM sample INDEXED BY sample_uncounted WHERE (verdict IS 'incorrect') <> counted`,
  );
  const setCounted = db.prepare<[number, number]>('UPDATE sample SET counted = ? WHERE id = ?');
  const dropCopies = db.prepare<[number]>(
    'UPDATE sample SET copy = NULL WHERE copy IS NOT NULL AND verdict IS NOT NULL AND judged_at < ?',
  );
  const dropOpen = db.prepare<[number]>('DELETE FROM sample WHERE verdict IS NULL AND ended_at < ?');
  const dropDays = db.prepare<[number]>('DELETE FROM sample_day WHERE day < ?');

  return {
    /** A task that was drawn before stays as it is. */
    insert: (row: NewSample): void => {
      insert.run(
        row.task,
        row.agent,
        row.type,
        row.class,
        row.chance,
        row.ended_at,
        row.marks,
        row.model,
        row.rehearsal,
        row.ended,
        row.copy,
        row.score,
      );
    },
    get: (id: number): SampleRow | undefined => get.get(id),
    /** Oldest first, without their copies. */
    open: (agent: string | undefined, limit: number): SampleRow[] =>
      agent === undefined ? open.all(limit) : openOf.all(agent, limit),
    /** Judged last first, without their copies. */
    judged: (agent: string | undefined, limit: number): SampleRow[] =>
      agent === undefined ? judged.all(limit) : judgedOf.all(agent, limit),
    judge: (id: number, verdict: SampleVerdict, note: string | null, actor: string, at: number): void => {
      judge.run(verdict, note, actor, at, id);
    },
    unjudge: (id: number): void => {
      unjudge.run(id);
    },
    /** Given since a moment, in the order they were given. */
    verdicts: (agent: string, since: number, rehearsal: boolean): VerdictRow[] =>
      verdicts.all(agent, since, rehearsal ? 1 : 0),
    openCount: (agent: string, rehearsal: boolean): number => openCount.get(agent, rehearsal ? 1 : 0)?.n ?? 0,
    day: (agent: string, type: string, of: SampleClass, rehearsal: boolean, at: number): SampleDayRow | undefined =>
      day.get(agent, type, of, rehearsal ? 1 : 0, at),
    /** From a day on. */
    days: (agent: string, rehearsal: boolean, from: number): SampleDayRow[] => days.all(agent, rehearsal ? 1 : 0, from),
    writeDay: (row: SampleDayRow): void => {
      const { agent, type, rehearsal, seen, taken, scored, passed } = row;
      writeDay.run(agent, type, row.class, rehearsal, row.day, seen, taken, scored, passed);
    },
    /** The newest end that was offered, and the tasks that ended at that very moment. */
    reach: (): { endedAt: number; tasks: string[] } | undefined => {
      const row = reach.get();
      return row && { endedAt: row.ended_at, tasks: JSON.parse(row.tasks) as string[] };
    },
    writeReach: (endedAt: number, tasks: string[]): void => {
      writeReach.run(endedAt, JSON.stringify(tasks));
    },
    /** What the journal says of a task's output, JSON; null where it says nothing. */
    outputNote: (task: number): string | null => outputNote.get(task)?.result ?? null,
    /** Whether a person found the task's output incorrect, on the task itself; it may be gone. */
    markIncorrect: (task: number, incorrect: boolean): void => {
      (incorrect ? mark : unmark).run(markBits('incorrect'), task);
    },
    /** Those whose verdict the rollups do not know yet, without their copies. */
    uncounted: (): SampleRow[] => uncounted.all(),
    setCounted: (id: number, incorrect: boolean): void => {
      setCounted.run(incorrect ? 1 : 0, id);
    },
    /**
     * Removes copies of what was judged before, and open samples and day counts too old to count.
     * @param judgedBefore, endedBefore ms; @param day in days since the epoch
     */
    dropOld: (judgedBefore: number, endedBefore: number, dayBefore: number): void => {
      dropCopies.run(judgedBefore);
      dropOpen.run(endedBefore);
      dropDays.run(dayBefore);
    },
  };
}
export type Samples = ReturnType<typeof prepareSamples>;
