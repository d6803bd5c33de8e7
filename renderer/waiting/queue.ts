import type { Question } from '#contract/question.ts';
import type { Task } from '#contract/task.ts';
import type { Tone } from '../kit/index.ts';

/*
 * What waits for a person, as one queue: questions of every kind and effects in doubt, the oldest first. Pure.
 */

/** One thing to judge. Its id stands in the address: `q12` for a question, `t55` for a task in doubt. */
export type Waiting = { id: string; agent: string; since: number } & (
  | { kind: 'question'; question: Question }
  | { kind: 'doubt'; task: Task }
);

/** Which part of the queue to show, as the board counts them. */
export const PARTS = ['doubts', 'questions', 'reviews'] as const;
export type Part = (typeof PARTS)[number];

export const PART_WORDS: Record<Part, string> = {
  doubts: 'Effects in doubt',
  questions: 'Questions from agents',
  reviews: 'Approvals and reviews',
};

export function partOf(waiting: Waiting): Part {
  if (waiting.kind === 'doubt') return 'doubts';
  switch (waiting.question.kind) {
    case 'approval':
    case 'review':
      return 'reviews';
    case 'ask':
    case 'loop':
    case 'limit':
      return 'questions';
  }
}

/** @param questions open ones; @param doubtful tasks in doubt; both in any order */
export function queueOf(questions: readonly Question[], doubtful: readonly Task[]): Waiting[] {
  const asked = questions
    .filter((question) => question.answeredAt === null)
    .map((question): Waiting => {
      const { id, agent, askedAt } = question;
      return { id: `q${id}`, agent, since: askedAt, kind: 'question', question };
    });
  const doubts = doubtful
    .filter((task) => task.state === 'in-doubt')
    .map((task): Waiting => {
      return { id: task.id, agent: task.agent, since: task.endedAt ?? task.acceptedAt, kind: 'doubt', task };
    });
  return [...asked, ...doubts].toSorted((a, b) => a.since - b.since || a.id.localeCompare(b.id));
}

/** What kind of thing it is, as its shape and word. */
export function kindWord(waiting: Waiting): { tone: Tone; word: string } {
  if (waiting.kind === 'doubt') return { tone: 'soon', word: 'In doubt' };
  switch (waiting.question.kind) {
    case 'ask':
      return { tone: 'act', word: 'Question' };
    case 'approval':
      return { tone: 'act', word: 'Approval' };
    case 'review':
      return { tone: 'act', word: 'Review' };
    case 'loop':
      return { tone: 'soon', word: 'Loop' };
    case 'limit':
      return { tone: 'soon', word: 'Cost limit' };
  }
}

/** What is asked, in one line. */
export function titleOf(waiting: Waiting): string {
  if (waiting.kind === 'question') return waiting.question.text;
  return waiting.task.reason ?? 'An effect was begun and never answered.';
}

/** The next thing after one that may be gone by now: the oldest that is younger, else the oldest of all. */
export function nextAfter(queue: readonly Waiting[], id: string, since: number): Waiting | undefined {
  const others = queue.filter((one) => one.id !== id);
  return others.find((one) => one.since >= since) ?? others[0];
}
