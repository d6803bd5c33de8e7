import type { RunCommand, RunStep } from '#contract/runbook.ts';

/*
 * What is to be done to the step of a run that is next, from what was said beforehand on the command line. Pure.
 */

/** What was said beforehand: --yes, --answer and --skip. An answer is used once, so that a jump back ends. */
export type Instructions = {
  yes: boolean;
  answers: Map<string, string>;
  skips: Map<string, string>;
  /** Steps confirmed so far: one that stands open again waits for a person. */
  confirmed: Set<string>;
};

/** A command, or why a person is needed; `failed` when the step has failed. */
export type Decision = { command: RunCommand } | { waitsFor: string; failed: boolean };

/** Decides on a step that is not in progress. @param run its number, for the command lines that help on */
export function decide(run: number, step: RunStep, instructions: Instructions): Decision {
  const reason = take(instructions.skips, step);
  if (reason !== undefined) return { command: { do: 'skip', step: step.id, reason } };
  if (step.state === 'failed' || step.state === 'no-data') return afterFailure(step, instructions);
  if (step.verb === 'ask') return answered(step, instructions);
  if (!step.live) {
    return take(instructions.answers, step) === undefined
      ? waits(`It is done by hand: when it is done, --answer ${step.id}=done`)
      : { command: { do: 'check-off', step: step.id } };
  }
  return confirmed(run, step, instructions);
}

function afterFailure(step: RunStep, { answers }: Instructions): Decision {
  const seen = step.seen ?? step.state;
  const choice = take(answers, step);
  if (choice === 'retry') return { command: { do: 'retry', step: step.id } };
  if (choice !== undefined && step.else !== null) return { command: { do: 'answer', step: step.id, choice } };
  const leads = step.else === null ? '' : `, where its else leads: --answer ${step.id}=else`;
  return { waitsFor: `It failed: ${seen}. To try again: --answer ${step.id}=retry${leads}`, failed: true };
}

function answered(step: RunStep, { answers }: Instructions): Decision {
  const choice = take(answers, step);
  if (choice !== undefined) return { command: { do: 'answer', step: step.id, choice } };
  const choices = step.choices.map(({ value }) => value).join('|') || 'TEXT';
  return waits(`It asks: --answer ${step.id}=${choices}`);
}

/** Two things no option says beforehand: a second person's approval, and a name to type for nobody in particular. */
function confirmed(run: number, step: RunStep, instructions: Instructions): Decision {
  if (step.approvals > 1) {
    const have = step.approvedBy.length === 0 ? '' : `, ${step.approvedBy.join(', ')} did`;
    return waits(`It needs ${step.approvals} people to agree${have}: each says nightdesk runbook approve ${run}`);
  }
  if (instructions.confirmed.has(step.id)) {
    return { waitsFor: step.seen ?? 'It stands open again after it was confirmed.', failed: true };
  }
  if (step.confirm === 'type') {
    const typed = take(instructions.answers, step);
    if (typed === undefined) return waits(`It asks for a name, typed: --answer ${step.id}=NAME`);
    return confirm(step, instructions, typed);
  }
  return instructions.yes ? confirm(step, instructions, undefined) : waits('It waits to be confirmed: --yes does.');
}

function confirm(step: RunStep, instructions: Instructions, typed: string | undefined): Decision {
  instructions.confirmed.add(step.id);
  return { command: confirmCommand(step, typed) };
}

/** Confirms a step on the plan that was shown. */
export function confirmCommand(step: RunStep, typed: string | undefined): RunCommand {
  return {
    do: 'confirm',
    step: step.id,
    ...(step.plan === null ? {} : { planHash: step.plan.hash }),
    ...(typed === undefined ? {} : { typed }),
  };
}

function waits(waitsFor: string): Decision {
  return { waitsFor, failed: false };
}

/** What was said for a step, by its id or by the name of its answer; it is said once. */
function take(said: Map<string, string>, step: RunStep): string | undefined {
  const answerName = step.verb === 'ask' ? step.directive?.split(' ')[2] : undefined;
  for (const key of [step.id, answerName]) {
    const value = key === undefined ? undefined : said.get(key);
    if (key === undefined || value === undefined) continue;
    said.delete(key);
    return value;
  }
  return undefined;
}
