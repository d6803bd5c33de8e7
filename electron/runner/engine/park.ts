import { z } from 'zod';
import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import { type Failure, fail, type Result, succeed } from '#contract/errors.ts';
import type { Answer, Question } from '#contract/question.ts';
import type { TaskError } from '#contract/task.ts';
import { choicesOf, type QuestionRow, type Questions, questionOf } from '../../store/question.ts';
import type { Steps } from '../../store/step.ts';
import { markBits, type Tasks } from '../../store/task.ts';
import { fitAnswer } from '../guard/answer.ts';
import type { Asked } from './protocol.ts';
import type { Running } from './running.ts';

/** Open questions that the console shows. */
const SHOWN = 200;
/** A deadline far away is looked at this often, so that a clock that jumps does not put it off, ms. */
const LOOK_MS = 30_000;
/** A deadline that the disk refused to write is tried again after this, ms. */
const DISK_RETRY_MS = 500;

const DEADLINE: Actor = { name: 'Nightdesk', via: 'desk' };

export type ParkingOptions = {
  questions: Questions;
  tasks: Tasks;
  steps: Steps;
  rehearsal: boolean;
  now(): number;
  audit: AuditWrite;
  /** A task that waited is queued again; called inside the commit. */
  onRequeued(task: number, agent: string): void;
  /** One durable change, with the claims it makes possible. */
  commit<T>(work: () => T): Promise<T>;
  onDiskRefused(error: unknown): void;
};

/**
 * Questions that park tasks. Asking is part of the commit that ends the attempt; an answer, a person's or the deadline's,
 * closes the question, becomes the result of its journal step and queues the task, all in one commit.
 */
export function createParking(options: ParkingOptions) {
  const { questions, tasks, steps, now } = options;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  /** The open questions as they were last read; null after a change. */
  let shown: Question[] | null = null;

  /** Inside the commit that ends the attempt: the step as an open intent, and its question. */
  function park(run: Running, asked: Asked, at: number): void {
    const seq = steps.nextSeq(run.id);
    steps.write({
      task: run.id,
      seq,
      attempt: run.attempt,
      name: asked.step,
      kind: 'ask',
      state: 'intent',
      started_at: at,
      ended_at: null,
      fingerprint: asked.fingerprint,
      effect_key: null,
      request: JSON.stringify({ question: asked.text, details: asked.details }),
      result: null,
      error: null,
      call: null,
    });
    const timed = asked.deadlineMs !== null && asked.onDeadline !== null;
    questions.insert({
      task: run.id,
      agent: run.agent,
      step: asked.step,
      seq,
      kind: asked.kind,
      text: asked.text,
      choices: JSON.stringify(asked.choices),
      details: JSON.stringify(asked.details),
      asked_at: at,
      deadline: timed ? at + (asked.deadlineMs ?? 0) : null,
      on_deadline: timed ? asked.onDeadline : null,
      rehearsal: options.rehearsal || (run.marks & markBits('rehearsal')) !== 0 ? 1 : 0,
    });
    shown = null;
    if (timed) schedule();
  }

  /** Inside a commit: an open question is answered. */
  function settle(row: QuestionRow, answer: Answer, by: Actor, at: number): void {
    questions.close(row.id, at, answer, by);
    steps.close(row.task, row.seq, { state: 'done', ended_at: at, result: JSON.stringify(answer), error: null });
    if (row.kind === 'limit' && typeof answer.value === 'number') tasks.raiseLimit(row.task, answer.value);
    const judged = (row.kind === 'approval' || row.kind === 'review') && by.via !== 'desk';
    tasks.answered(row.task, judged ? markBits('reviewed') : 0);
    options.onRequeued(row.task, row.agent);
    const details = { question: row.id, kind: row.kind, asked: row.text, answer };
    options.audit({ by, what: 'task.answered', subject: `t${row.task}`, details });
    shown = null;
  }

  function answerOne(id: number, answer: Answer, by: Actor): Result<Question> {
    const row = questions.get(id);
    if (!row) {
      return fail('NOT_FOUND', `There is no question ${id}.`, {
        kept: 'Nothing was changed.',
        todo: 'Look at the open ones: nightdesk questions',
      });
    }
    if (row.answered_at !== null) return { ok: false, error: tooLate(questionOf(row)) };
    const fit = fitAnswer(choicesOf(row), answer);
    if (!fit.ok) {
      return fail('BAD_INPUT', `The answer to question ${id} does not fit: ${fit.why}.`, {
        kept: 'The question stays open.',
        todo: `Look at its choices: nightdesk task t${row.task}`,
        where: fit.where,
      });
    }
    const low = row.kind === 'limit' ? tooLow(row, answer) : undefined;
    if (low) return low;
    const at = now();
    settle(row, answer, by, at);
    return succeed(questionOf({ ...row, ...closedBy(answer, by, at) }));
  }

  /** Answers questions whose deadline has passed, and wakes for the next. */
  function onTime(): void {
    const next = questions.nextDeadline();
    if (next === null || next > now()) {
      schedule();
      return;
    }
    options
      .commit(() => {
        const at = now();
        for (const row of questions.due(at)) settle(row, { choice: row.on_deadline ?? '' }, DEADLINE, at);
      })
      .then(
        () => schedule(),
        (error: unknown) => {
          options.onDiskRefused(error);
          clearTimeout(timer);
          if (!stopped) timer = setTimeout(onTime, DISK_RETRY_MS);
        },
      );
  }

  function schedule(): void {
    clearTimeout(timer);
    const next = questions.nextDeadline();
    if (next === null || stopped) return;
    timer = setTimeout(onTime, Math.max(0, Math.min(next - now(), LOOK_MS)) + 1);
  }

  return {
    park,
    /** Inside the commit that ends a task which waited: nobody needs to answer its question any more. */
    close(task: number, by: Actor): void {
      for (const row of questions.ofTask(task)) {
        if (row.answered_at !== null) continue;
        const at = now();
        const error: TaskError = { class: 'cancelled', message: 'the task ended before it was answered' };
        questions.close(row.id, at, null, by);
        steps.close(task, row.seq, { state: 'failed', ended_at: at, result: null, error: JSON.stringify(error) });
      }
      shown = null;
    },
    /** The first answer counts; a later one is told who gave it. */
    async answer(id: number, answer: Answer, by: Actor): Promise<Result<Question>> {
      try {
        return await options.commit(() => answerOne(id, answer, by));
      } catch (error) {
        options.onDiskRefused(error);
        return fail('STORAGE', `The answer could not be written: ${String(error)}`, {
          kept: 'The question stays open.',
          todo: 'Free space on the disk of the data folder, then answer again.',
        });
      }
    },
    /** Open questions, the 200 that wait longest. */
    open(): Question[] {
      shown ??= questions.open(SHOWN).map(questionOf);
      return shown;
    },
    /** All of a task, newest first. */
    ofTask: (task: number): Question[] => questions.ofTask(task).map(questionOf),
    newest: (limit: number): Question[] => questions.newest(limit).map(questionOf),
    /** How many tasks wait for an answer, and how many of them for a judgement. */
    counts(): { questions: number; reviews: number } {
      let asked = 0;
      let reviews = 0;
      for (const { kind, n } of questions.counts()) {
        if (kind === 'approval' || kind === 'review') reviews += n;
        else asked += n;
      }
      return { questions: asked, reviews };
    },
    /** Memory from the disk: at the start, and after a refused commit. */
    rebuild(): void {
      shown = null;
      schedule();
    },
    stop(): void {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

export type Parking = ReturnType<typeof createParking>;

function closedBy(answer: Answer, by: Actor, at: number): Pick<QuestionRow, 'answered_at' | 'answer' | 'actor'> {
  return { answered_at: at, answer: JSON.stringify(answer), actor: JSON.stringify(by) };
}

const limitDetailsSchema = z.object({ spentUsd: z.number() });

/** A limit that is spent already would only be asked for again. */
function tooLow(row: QuestionRow, answer: Answer): ReturnType<typeof fail> | undefined {
  const spent = limitDetailsSchema.safeParse(JSON.parse(row.details ?? 'null'));
  if (!spent.success || typeof answer.value !== 'number' || answer.value > spent.data.spentUsd) return undefined;
  return fail('BAD_INPUT', `The task has cost $${spent.data.spentUsd} already.`, {
    kept: 'The question stays open.',
    todo: 'Give a limit for the whole task that is above it, or stop the task.',
    where: 'value',
  });
}

function tooLate(question: Question): Failure {
  const who = question.by?.name ?? 'Somebody';
  const when = new Date(question.answeredAt ?? 0).toISOString();
  const what =
    question.answer === null ? 'its task ended' : `${who} answered it first, with "${question.answer.choice}"`;
  return {
    code: 'CONFLICT',
    message: `Question ${question.id} is closed: ${what}, at ${when}.`,
    kept: question.answer === null ? 'Nothing was changed.' : `The answer of ${who} stands.`,
    todo: `Look at the task: nightdesk task ${question.task}`,
  };
}
