import type { Answer, Choice, Question, Resolution } from '#contract/question.ts';
import { jsonText, readJson } from '../kit/json.ts';
import { detailsOf } from './details.ts';

/*
 * What a person has typed so far, and what it is as an answer: or what is missing, said at its field. Pure.
 */

/** The fields of the form; each choice uses its own. */
export type Draft = { text: string; json: string; usd: string };

/** A document to edit begins as it was edited last, or as it was made; a raised limit as twice the old one. */
export function startDraft(question: Pick<Question, 'kind' | 'details'>): Draft {
  const details = detailsOf(question);
  const document = details.kind === 'document' ? (details.edited ?? details.value) : null;
  const usd = details.kind === 'limit' ? String(details.limitUsd * 2) : '';
  return { text: '', json: jsonText(document), usd };
}

export type ReadDraft<T> = { ok: true; value: T } | { ok: false; why: string };

/** The answer that a choice and its fields make. Words may go with every choice. */
export function answerOf(choice: Choice, draft: Draft): ReadDraft<Answer> {
  const text = draft.text.trim();
  const words = text === '' ? {} : { text };
  switch (choice.takes) {
    case 'nothing':
      return { ok: true, value: { choice: choice.value, ...words } };
    case 'text':
      if (text === '') return { ok: false, why: 'Write what the agent is told.' };
      return { ok: true, value: { choice: choice.value, text } };
    case 'json': {
      const read = readJson(draft.json);
      return read.ok ? { ok: true, value: { choice: choice.value, value: read.value, ...words } } : read;
    }
    case 'usd': {
      const usd = Number(draft.usd);
      if (draft.usd.trim() === '' || !Number.isFinite(usd) || usd <= 0) {
        return { ok: false, why: 'An amount in US dollars, above 0: for example 2.50' };
      }
      return { ok: true, value: { choice: choice.value, value: usd, ...words } };
    }
  }
}

/** A reason says at least so much, as the desk asks for it, in characters. */
const SHORTEST_REASON = 3;

/** What can be said of an effect in doubt, in the order of their digits. */
export const RESOLUTIONS = ['landed', 'not-landed', 'given-up'] as const satisfies readonly Resolution['as'][];

/** The resolution that a choice and its field make. */
export function resolutionOf(as: Resolution['as'], draft: { json: string; text: string }): ReadDraft<Resolution> {
  switch (as) {
    case 'landed': {
      const read = readJson(draft.json);
      return read.ok ? { ok: true, value: { as, result: read.value } } : read;
    }
    case 'not-landed':
      return { ok: true, value: { as } };
    case 'given-up': {
      const reason = draft.text.trim();
      if (reason.length < SHORTEST_REASON) return { ok: false, why: 'Say why, in a few words: it stands in the task.' };
      return { ok: true, value: { as, reason } };
    }
  }
}
