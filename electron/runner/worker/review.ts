import type { AgentDefinition } from '#contract/agent.ts';
import type { Json } from '#contract/basic.ts';
import type { Choice } from '#contract/question.ts';
import type { AskPerson } from './ask.ts';
import type { Attempt } from './attempt.ts';
import { fitsSchema, incorrect } from './output.ts';

const ACCEPT: Choice = { value: 'accept', label: 'It is right', takes: 'nothing' };
const EDIT: Choice = { value: 'edit', label: 'Take this instead', takes: 'json' };
const REJECT: Choice = { value: 'reject', label: 'It is wrong: the task fails as incorrect', takes: 'nothing' };
const REDO: Choice = { value: 'redo', label: 'Send it back, and say what to change', takes: 'text' };

/** What became of an output: it leaves (`choice` is null when nobody was asked), or goes back to the model. */
export type Reviewed = { kind: 'accepted'; value: Json; choice: string | null } | { kind: 'redo'; text: string };

/** Why a person sees an output before its task ends (`nightdesk.review`); null when nobody needs to. */
export function reasonToReview(review: AgentDefinition['nightdesk']['review'], output: Json): string | null {
  if (review === undefined) return null;
  const confidence =
    typeof output === 'object' && output !== null && !Array.isArray(output) ? output.confidence : undefined;
  if (review.below !== undefined && typeof confidence === 'number' && confidence < review.below) {
    return `its confidence is ${confidence}, below ${review.below}`;
  }
  if (review.below !== undefined && typeof confidence !== 'number') return 'it says no confidence';
  return review.always ? 'every output of this agent is reviewed' : null;
}

/** Reviews outputs of one attempt. @param options.redo whether an output can go back to a model */
export function createReview(attempt: Attempt, options: { redo: boolean }): (output: Json) => Promise<Reviewed> {
  const { definition } = attempt;
  let reviews = 0;
  return async (output) => {
    const reason = reasonToReview(definition.nightdesk.review, output);
    if (reason === null) return { kind: 'accepted', value: output, choice: null };
    reviews += 1;
    return askForReview(attempt.ask, {
      name: reviews === 1 ? 'review' : `review ${reviews}`,
      text: `Is the output of ${definition.name} right? ${sentence(reason)}`,
      output,
      fault: (edited) => {
        const fits = fitsSchema(edited, definition.outputSchema);
        return fits.ok ? null : `The edited output ${fits.why}`;
      },
      redo: options.redo,
    });
  };
}

/** One thing a person judges: asked again, as a step of its own, while the edited one does not fit. */
export async function askForReview(
  ask: AskPerson,
  given: { name: string; text: string; output: Json; fault(edited: Json): string | null; redo: boolean },
): Promise<Reviewed> {
  const { name, output } = given;
  const choices = given.redo ? [ACCEPT, EDIT, REJECT, REDO] : [ACCEPT, EDIT, REJECT];
  let before: { edited: Json; why: string } | null = null;
  for (let edits = 0; ; edits += 1) {
    const answer = await ask(edits === 0 ? name : `${name}, edit ${edits}`, {
      kind: 'review',
      text: before === null ? given.text : before.why,
      choices,
      details: { output, ...before },
    });
    switch (answer.choice) {
      case ACCEPT.value:
        return { kind: 'accepted', value: output, choice: answer.choice };
      case REDO.value:
        return { kind: 'redo', text: answer.text ?? '' };
      case EDIT.value: {
        const edited = answer.value ?? null;
        const why = given.fault(edited);
        if (why === null) return { kind: 'accepted', value: edited, choice: answer.choice };
        before = { edited, why };
        break;
      }
      default:
        throw incorrect(`was rejected by a person${answer.text === undefined ? '' : `: ${answer.text}`}`, output);
    }
  }
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`;
}
