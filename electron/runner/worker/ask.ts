import { type Answer, answerSchema } from '#contract/question.ts';
import type { Asked } from '../engine/protocol.ts';
import { fingerprintOf, type Journal } from './journal.ts';
import { Unwind } from './unwind.ts';

/** What a person is asked. */
export type Question = Pick<Asked, 'kind' | 'text' | 'choices' | 'details'> & {
  /** Absent: as long as it takes. */
  deadline?: { afterMs: number; choice: string } | undefined;
};

/** Asks a person: the answer, once there is one, is found in the journal; until then the task is parked. */
export type AskPerson = (name: string, question: Question) => Answer;

export function createAsk(journal: Journal, signal: AbortSignal): AskPerson {
  return (name, question) => {
    const { kind, text, choices, details, deadline } = question;
    const fingerprint = fingerprintOf({ kind, text, choices, details });
    const before = journal.replay(name, fingerprint);
    if (before) return answerSchema.parse(JSON.parse(before.result ?? 'null'));
    signal.throwIfAborted();
    throw new Unwind({
      kind: 'parked',
      question: {
        step: name,
        kind,
        text,
        choices,
        details,
        deadlineMs: deadline?.afterMs ?? null,
        onDeadline: deadline?.choice ?? null,
        fingerprint,
      },
    });
  };
}
