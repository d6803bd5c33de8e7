import { z } from 'zod';
import type { Json } from '#contract/basic.ts';
import { type Answer, answerSchema, type Choice, choiceSchema } from '#contract/question.ts';
import type { Asked } from '../engine/protocol.ts';
import { fitAnswer } from '../guard/answer.ts';
import type { Tool } from './agent-api.ts';
import { fingerprintOf, type Journal } from './journal.ts';
import { failWith, Unwind } from './unwind.ts';

const OTHER = 'other';
const askInput = z.object({
  question: z.string().min(1).max(2_000),
  choices: z.array(z.string().min(1).max(60)).max(10).optional(),
});

/** What a person is asked. */
export type Question = Pick<Asked, 'kind' | 'text' | 'choices' | 'details'> & {
  /** Absent: as long as it takes. */
  deadline?: { afterMs: number; choice: string } | undefined;
  /** What makes it the same question in a later attempt; without it all of it does. */
  same?: Json;
};

/** Asks a person: the answer, once there is one, is found in the journal; until then the task is parked. */
export type AskPerson = (name: string, question: Question) => Promise<Answer>;

/** @param leave tells that the attempt ends so, whatever the agent's code makes of the throw */
export function createAsk(journal: Journal, signal: AbortSignal, leave: (unwind: Unwind) => void): AskPerson {
  return async (name, question) => {
    const { kind, text, choices, details, deadline } = question;
    const fingerprint = fingerprintOf(question.same ?? { kind, text, choices, details });
    const fault = faultOf(question);
    if (fault !== null) throw failWith('definition', `the question "${name}" cannot be asked: ${fault}`);
    const before = journal.replay(name, fingerprint);
    if (before) return answerSchema.parse(JSON.parse(before.result ?? 'null'));
    signal.throwIfAborted();
    const unwind = new Unwind({
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
    leave(unwind);
    throw unwind;
  };
}

/** What is wrong with a question, or null: the desk takes none that nobody, or no deadline, could answer. */
function faultOf({ text, choices, deadline }: Question): string | null {
  if (text.trim() === '') return 'its text is empty';
  const parsed = choiceSchema.array().min(1).safeParse(choices);
  if (!parsed.success) return `its choices do not fit: ${z.prettifyError(parsed.error)}`;
  if (new Set(choices.map((choice) => choice.value)).size < choices.length) return 'two of its choices are the same';
  if (deadline === undefined) return null;
  const fit = fitAnswer(choices, { choice: deadline.choice });
  return fit.ok ? null : `its deadline does not answer it: ${fit.why}`;
}

/** Texts to choose from as choices; without any the answer is words. */
export function choicesOf(given: readonly (string | Choice)[] | undefined): Choice[] {
  if (given === undefined || given.length === 0) return [{ value: 'answer', label: 'Answer', takes: 'text' }];
  return given.map((each) => (typeof each === 'string' ? { value: each, label: each, takes: 'nothing' } : each));
}

/** The tool `ask` of agents that list it: the model asks a person. */
export const askTool: Tool = {
  description:
    'Ask a person when you cannot decide: the work waits for the answer. Give short choices where there are any; without choices the person answers in words.',
  input: askInput,
  run: () => null,
};

/** Asks what the model asks. A person may always answer in words of their own. */
export async function askForModel(ask: AskPerson, step: string, input: Json): Promise<Json> {
  const { question, choices = [] } = askInput.parse(input);
  const named = [...new Set(choices)].filter((each) => each !== OTHER);
  const other = { value: OTHER, label: 'Something else, in words', takes: 'text' } as const;
  const answer = await ask(step, {
    kind: 'ask',
    text: question,
    choices: named.length === 0 ? choicesOf(undefined) : [...choicesOf(named), other],
    details: null,
  });
  return answer.text === undefined ? { answer: answer.choice } : { answer: answer.choice, text: answer.text };
}
