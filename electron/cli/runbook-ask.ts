import type { RunCommand, RunStep } from '#contract/runbook.ts';
import type { Ask } from './prompt.ts';
import { confirmCommand } from './runbook-decide.ts';

/** Shortest reason that says something. */
const REASON_LENGTH = 3;

/** Asks a person what to do with a step that is shown. @returns undefined to leave the run open as it is */
export async function askPerson(step: RunStep, ask: Ask): Promise<RunCommand | undefined> {
  for (;;) {
    const line = await ask(questionFor(step));
    if (line === undefined) return undefined;
    const word = line.toLowerCase();
    if (word === 'n' || word === 'no') return undefined;
    if (word === 'skip') return withReason(ask, (reason) => ({ do: 'skip', step: step.id, reason }));
    if (word === 'abort') return askEnd(ask);
    const command = await commandFor(step, line, ask);
    if (command !== undefined) return command;
  }
}

/** Asks for the reason that ends a run. */
export function askEnd(ask: Ask): Promise<RunCommand | undefined> {
  return withReason(ask, (reason) => ({ do: 'end', reason }));
}

const isFailed = (step: RunStep): boolean => step.state === 'failed' || step.state === 'no-data';

function questionFor(step: RunStep): string {
  const others = 'n leave it open, skip, abort';
  if (isFailed(step))
    return `retry${step.else === null ? '' : ', else'}${step.undo === null ? '' : ', undo'}, ${others}?`;
  if (step.verb === 'ask') return `Your answer (or ${others}):`;
  return step.live ? `y do it, ${others}?` : `y it is done, ${others}?`;
}

/** What a line means for a step; undefined for one that means nothing, which is asked again. */
async function commandFor(step: RunStep, line: string, ask: Ask): Promise<RunCommand | undefined> {
  const word = line.toLowerCase();
  if (isFailed(step)) {
    if (word === 'retry') return { do: 'retry', step: step.id };
    if (word === 'undo' && step.undo !== null) return { do: 'undo', step: step.id };
    return word === 'else' && step.else !== null ? { do: 'answer', step: step.id, choice: 'else' } : undefined;
  }
  if (step.verb === 'ask') return answerOf(step, line);
  if (word !== 'y' && word !== 'yes') return undefined;
  if (!step.live) return { do: 'check-off', step: step.id };
  return confirmCommand(step, step.confirm === 'type' ? await ask("The agent's name, typed:") : undefined);
}

function answerOf(step: RunStep, line: string): RunCommand | undefined {
  const known = step.choices.length === 0 ? line !== '' : step.choices.some(({ value }) => value === line);
  return known ? { do: 'answer', step: step.id, choice: line } : undefined;
}

async function withReason(ask: Ask, make: (reason: string) => RunCommand): Promise<RunCommand | undefined> {
  for (;;) {
    const reason = await ask('Why?');
    if (reason === undefined) return undefined;
    if (reason.length >= REASON_LENGTH) return make(reason);
  }
}
