import type { RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import { confirmCommand } from './runbook-decide.ts';
import { currentOf, isAtWork } from './runbook-event.ts';

/*
 * What a person can say to a run on a terminal, and what each line means for the run as it stands. Pure.
 */

/** What a line means. */
export type Meaning =
  | { kind: 'command'; command: RunCommand }
  /** More has to be said first; an empty answer goes back. */
  | { kind: 'more'; question: string; shortest: number; make(said: string): RunCommand }
  /** The plan of a roll back is shown before it is agreed to. */
  | { kind: 'roll-back'; step: RunStep }
  | { kind: 'leave' }
  | { kind: 'help' }
  | { kind: 'nothing'; says: string };

/** Shortest reason that says something. */
const REASON_LENGTH = 3;
const WHY = 'Why? (empty goes back)';

/** The question under the checklist: what can be said, the usual first. */
export function questionFor(run: RunDetail): string {
  const step = currentOf(run);
  if (isAtWork(run)) return 'At work: cancel, n leave it so, ? for more';
  if (step === null) return 'All steps are behind and the recovery is not proven: abort ends with a reason, ? for more';
  if (isFailed(step)) return `retry${step.else === null ? '' : ', else'}, skip, n leave it open, ? for more`;
  if (step.verb === 'ask') return 'Your answer (or n leave it open, skip, ? for more):';
  if (!step.live) return 'y it is done, n leave it open, skip, ? for more';
  return `${step.approvals > 1 ? 'y approve' : 'y do it'}, n leave it open, skip, ? for more`;
}

/** Every word, for `?`. */
export const HELP = `  y          do it, or: it is done, I approve
  skip       go past the step, with a reason
  retry      try a failed step again
  else       go where a failed check leads
  cancel     stop what is under way
  undo N     undo step N; without a number the last that can be
  renew N    begin the lease of step N anew
  back N     roll back to step N: undoes what was done from there on, the last first
  take       take the run over from who holds it
  hand NAME  hand the run over
  adopt      take the file's changes over; ignore keeps the run's own
  abort      end the run, with a reason
  n          leave it open as it is`;

/** What a line means for the run as it stands. */
export function meaningOf(line: string, run: RunDetail): Meaning {
  const [word = '', ...rest] = line.split(/\s+/);
  const argument = rest.join(' ');
  const current = currentOf(run);
  const asks = current?.verb === 'ask' && current.state === 'todo' && !isAtWork(run);
  // A choice may have the name of a word.
  if (asks && current.choices.some(({ value }) => value === line)) return answerTo(current, line);
  switch (word.toLowerCase()) {
    case 'n':
    case 'no':
    case 'q':
      return { kind: 'leave' };
    case '?':
    case 'help':
      return { kind: 'help' };
    case 'abort':
      return reason((text) => ({ do: 'end', reason: text }));
    case 'take':
      return { kind: 'command', command: { do: 'take-over' } };
    case 'hand':
      if (argument === '')
        return { kind: 'more', question: 'To whom?', shortest: 1, make: (to) => ({ do: 'hand-over', to }) };
      return { kind: 'command', command: { do: 'hand-over', to: argument } };
    case 'adopt':
    case 'ignore':
      return edits(run, word.toLowerCase() === 'adopt' ? 'adopt' : 'ignore');
    case 'undo':
      return onStep(run, argument, ({ undo }) => undo !== null, 'undo');
    case 'renew':
      return onStep(run, argument, ({ renewable }) => renewable, 'renew');
    case 'back':
      return rollBack(run, argument);
    case 'cancel':
      return cancel(run);
    default:
      return current === null || isAtWork(run) ? NOTHING : stepMeaning(line, current, run);
  }
}

const NOTHING: Meaning = { kind: 'nothing', says: 'That means nothing here; ? says what does.' };

function stepMeaning(line: string, step: RunStep, run: RunDetail): Meaning {
  const word = line.toLowerCase();
  if (word === 'skip') return reason((text) => ({ do: 'skip', step: step.id, reason: text }));
  if (isFailed(step)) {
    if (word === 'retry') return { kind: 'command', command: { do: 'retry', step: step.id } };
    return word === 'else' && step.else !== null ? answerTo(step, 'else') : NOTHING;
  }
  if (step.verb === 'ask') {
    if (step.choices.length > 0 || line === '') return { kind: 'nothing', says: `Say ${choicesOf(step)}.` };
    return answerTo(step, line);
  }
  if (word !== 'y' && word !== 'yes') return NOTHING;
  if (!step.live) return { kind: 'command', command: { do: 'check-off', step: step.id } };
  if (step.confirm !== 'type') return { kind: 'command', command: confirmCommand(step, undefined) };
  const make = (typed: string) => confirmCommand(step, typed);
  return { kind: 'more', question: `The name of what run ${run.id} acts on here, typed:`, shortest: 1, make };
}

function choicesOf({ choices }: RunStep): string {
  return choices.length === 0 ? 'something' : `one of ${choices.map(({ value }) => value).join(', ')}`;
}

function answerTo(step: RunStep, choice: string): Meaning {
  return { kind: 'command', command: { do: 'answer', step: step.id, choice } };
}

function reason(make: (reason: string) => RunCommand): Meaning {
  return { kind: 'more', question: WHY, shortest: REASON_LENGTH, make };
}

function isFailed({ state }: RunStep): boolean {
  return state === 'failed' || state === 'no-data';
}

/** A step by its number or id; the last that fits where none is named. */
export function findStep(run: RunDetail, text: string, fits: (step: RunStep) => boolean): RunStep | undefined {
  if (text === '') return run.steps.findLast(fits);
  return run.steps.find(({ id, index }) => id === text || String(index + 1) === text);
}

function onStep(run: RunDetail, text: string, fits: (step: RunStep) => boolean, what: 'undo' | 'renew'): Meaning {
  const step = findStep(run, text, fits);
  if (step === undefined || !fits(step)) {
    const which = text === '' ? 'No step' : `Step ${text}`;
    return { kind: 'nothing', says: `${which} has ${what === 'undo' ? 'nothing to undo' : 'a lease in force'}.` };
  }
  return { kind: 'command', command: { do: what, step: step.id } };
}

function rollBack(run: RunDetail, text: string): Meaning {
  const step = text === '' ? undefined : findStep(run, text, () => true);
  if (step === undefined) return { kind: 'nothing', says: 'Say back and the number of the step to stand at again.' };
  return { kind: 'roll-back', step };
}

function cancel(run: RunDetail): Meaning {
  const step = run.steps.find(({ state }) => state === 'acting' || state === 'checking');
  if (step === undefined) return { kind: 'nothing', says: 'Nothing is under way.' };
  return reason((text) => ({ do: 'cancel', step: step.id, reason: text }));
}

function edits({ edited }: RunDetail, what: 'adopt' | 'ignore'): Meaning {
  if (edited === null) return { kind: 'nothing', says: 'The file has nothing that the run has not.' };
  const steps = edited.changes.map(({ step }) => step);
  return { kind: 'command', command: { do: what, hash: edited.hash, steps } };
}
