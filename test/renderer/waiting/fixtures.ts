import type { Question } from '#contract/question.ts';

export function question(given: Partial<Question> = {}): Question {
  return {
    id: 1,
    task: 't1',
    agent: 'reply-drafts',
    step: 'ask',
    kind: 'ask',
    text: 'Which order?',
    choices: [{ value: 'yes', label: 'Yes', takes: 'nothing' }],
    details: null,
    askedAt: 1_000,
    deadline: null,
    onDeadline: null,
    answeredAt: null,
    answer: null,
    by: null,
    rehearsal: false,
    ...given,
  };
}
