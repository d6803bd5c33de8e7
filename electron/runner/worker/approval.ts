import type { AgentDefinition } from '#contract/agent.ts';
import type { Json } from '#contract/basic.ts';
import type { Choice } from '#contract/question.ts';
import type { AskPerson } from './ask.ts';
import { Refused } from './unwind.ts';

const APPROVE: Choice = { value: 'approve', label: 'Run it', takes: 'nothing' };
const EDIT: Choice = { value: 'edit', label: 'Run it with another input', takes: 'json' };
const REJECT: Choice = { value: 'reject', label: 'Do not run it; the agent is told why', takes: 'text' };

/** A call that may have to be approved before it runs. */
export type Call = {
  ask: AskPerson;
  definition: AgentDefinition;
  step: string;
  name: string;
  input: Json;
  /** What is wrong with an input, or null. */
  fault(input: Json): string | null;
};

/**
 * Asks a person before a tool runs, where the agent's file says so (`nightdesk.approval`).
 * @returns the input to run it with: as it was given, or as the person edited it
 * @throws Refused
 */
export async function approvedInput(call: Call): Promise<Json> {
  const { ask, definition, step, name, input, fault } = call;
  if (!definition.nightdesk.approval.includes(name)) return input;
  let before: { edited: Json; why: string } | null = null;
  for (let round = 1; ; round += 1) {
    const answer = await ask(stepName(step, round), {
      kind: 'approval',
      text: before === null ? `May ${definition.name} run ${name}?` : `The edited input does not fit: ${before.why}`,
      choices: [APPROVE, EDIT, REJECT],
      details: { tool: name, input, ...before },
    });
    if (answer.choice === APPROVE.value) return input;
    if (answer.choice !== EDIT.value) throw refusal(name, answer.text);
    const edited = answer.value ?? null;
    const why = fault(edited);
    if (why === null) return edited;
    before = { edited, why };
  }
}

/**
 * The same for an effect that a code agent runs by itself: it has no input to edit.
 * @throws Refused
 */
export async function approvedEffect(call: Pick<Call, 'ask' | 'definition' | 'name'>): Promise<void> {
  const { ask, definition, name } = call;
  if (!definition.nightdesk.approval.includes(name)) return;
  const answer = await ask(stepName(name, 1), {
    kind: 'approval',
    text: `May ${definition.name} run ${name}?`,
    choices: [APPROVE, REJECT],
    details: { effect: name },
  });
  if (answer.choice !== APPROVE.value) throw refusal(name, answer.text);
}

function stepName(step: string, round: number): string {
  return round === 1 ? `approve ${step}` : `approve ${step}, input ${round}`;
}

function refusal(name: string, text: string | undefined): Refused {
  return new Refused(`A person refused ${name}: ${text ?? 'no reason given'}`);
}
