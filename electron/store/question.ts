import type { Database } from 'better-sqlite3';
import { type Actor, actorSchema, type Json } from '#contract/basic.ts';
import {
  type Answer,
  answerSchema,
  type Choice,
  choiceSchema,
  type Question,
  type QuestionKind,
} from '#contract/question.ts';

/** A row of the table question. JSON columns stand as text. */
export type QuestionRow = {
  id: number;
  task: number;
  agent: string;
  step: string;
  /** The journal entry that the answer becomes the result of. */
  seq: number;
  kind: QuestionKind;
  text: string;
  choices: string;
  details: string | null;
  asked_at: number;
  deadline: number | null;
  on_deadline: string | null;
  answered_at: number | null;
  answer: string | null;
  actor: string | null;
  rehearsal: number;
};
export type NewQuestion = Omit<QuestionRow, 'id' | 'answered_at' | 'answer' | 'actor'>;

/** The question as the contract shows it. */
export function questionOf(row: QuestionRow): Question {
  return {
    id: row.id,
    task: `t${row.task}`,
    agent: row.agent,
    step: row.step,
    kind: row.kind,
    text: row.text,
    choices: choicesOf(row),
    details: JSON.parse(row.details ?? 'null') as Json,
    askedAt: row.asked_at,
    deadline: row.deadline,
    onDeadline: row.on_deadline,
    answeredAt: row.answered_at,
    answer: row.answer === null ? null : answerSchema.parse(JSON.parse(row.answer)),
    by: row.actor === null ? null : actorSchema.parse(JSON.parse(row.actor)),
    rehearsal: row.rehearsal === 1,
  };
}

export function choicesOf(row: QuestionRow): Choice[] {
  return choiceSchema.array().parse(JSON.parse(row.choices));
}

/** The statements on questions. They run inside the caller's transaction. */
export function prepareQuestions(db: Database) {
  const insert = db.prepare<unknown[]>(
    'INSERT INTO question (task, agent, step, seq, kind, text, choices, details, asked_at, deadline, on_deadline, rehearsal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const get = db.prepare<[number], QuestionRow>('SELECT * FROM question WHERE id = ?');
  const open = db.prepare<[number], QuestionRow>(
    'SELECT * FROM question INDEXED BY question_open WHERE answered_at IS NULL ORDER BY id LIMIT ?',
  );
  const newest = db.prepare<[number], QuestionRow>('SELECT * FROM question ORDER BY id DESC LIMIT ?');
  const ofTask = db.prepare<[number], QuestionRow>('SELECT * FROM question WHERE task = ? ORDER BY id DESC');
  const counts = db.prepare<[], { kind: QuestionKind; n: number }>(
    'SELECT kind, count(*) AS n FROM question INDEXED BY question_open WHERE answered_at IS NULL GROUP BY kind',
  );
  const close = db.prepare<unknown[]>(
    'UPDATE question SET answered_at = ?, answer = ?, actor = ? WHERE id = ? AND answered_at IS NULL',
  );
  const due = db.prepare<[number], QuestionRow>(
    'SELECT * FROM question INDEXED BY question_due WHERE answered_at IS NULL AND deadline <= ? ORDER BY deadline LIMIT 500',
  );
  const nextDeadline = db.prepare<[], { at: number | null }>(
    'SELECT min(deadline) AS at FROM question INDEXED BY question_due WHERE answered_at IS NULL AND deadline IS NOT NULL',
  );

  return {
    insert: (row: NewQuestion): void => {
      insert.run(
        row.task,
        row.agent,
        row.step,
        row.seq,
        row.kind,
        row.text,
        row.choices,
        row.details,
        row.asked_at,
        row.deadline,
        row.on_deadline,
        row.rehearsal,
      );
    },
    get: (id: number): QuestionRow | undefined => get.get(id),
    /** Those that wait longest, first. */
    open: (limit: number): QuestionRow[] => open.all(limit),
    newest: (limit: number): QuestionRow[] => newest.all(limit),
    ofTask: (task: number): QuestionRow[] => ofTask.all(task),
    /** Open ones by kind. */
    counts: (): { kind: QuestionKind; n: number }[] => counts.all(),
    /** @param answer null when its task ended unanswered */
    close: (id: number, at: number, answer: Answer | null, by: Actor): void => {
      close.run(at, answer && JSON.stringify(answer), JSON.stringify(by), id);
    },
    /** Open ones whose deadline has passed, the oldest 500. */
    due: (now: number): QuestionRow[] => due.all(now),
    nextDeadline: (): number | null => nextDeadline.get()?.at ?? null,
  };
}
export type Questions = ReturnType<typeof prepareQuestions>;
