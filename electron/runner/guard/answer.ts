import type { Answer, Choice } from '#contract/question.ts';

/*
 * Whether an answer fits the choices of its question. Pure.
 */

export type Fit = { ok: true } | { ok: false; why: string; where: string };

/** Words may go with every choice; a document or an amount only with one that takes it. */
export function fitAnswer(choices: Choice[], answer: Answer): Fit {
  const choice = choices.find((each) => each.value === answer.choice);
  if (!choice) {
    const names = choices.map((each) => each.value).join(', ');
    return { ok: false, why: `"${answer.choice}" is not a choice; use one of: ${names}`, where: 'choice' };
  }
  switch (choice.takes) {
    case 'nothing':
      return answer.value === undefined
        ? { ok: true }
        : { ok: false, why: `"${choice.value}" takes no value`, where: 'value' };
    case 'text':
      return (answer.text ?? '').trim() === ''
        ? { ok: false, why: `"${choice.value}" wants a text`, where: 'text' }
        : { ok: true };
    case 'json':
      return answer.value === undefined
        ? { ok: false, why: `"${choice.value}" wants a document as its value`, where: 'value' }
        : { ok: true };
    case 'usd':
      return typeof answer.value === 'number' && answer.value > 0
        ? { ok: true }
        : { ok: false, why: `"${choice.value}" wants an amount in US dollars as its value`, where: 'value' };
  }
}
