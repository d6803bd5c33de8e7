import type { Answer, Resolution } from '#contract/question.ts';
import { shellWord } from '../kit/shell.ts';

/** The command line that gives the same answer. */
export function answerCommand(id: number, { choice, text, value }: Answer): string {
  const words = text === undefined ? [] : ['--text', shellWord(text)];
  const document = value === undefined ? [] : ['--value', shellWord(JSON.stringify(value))];
  return ['nightdesk answer', id, shellWord(choice), ...document, ...words].join(' ');
}

/** The command line that says the same of an effect in doubt. @param step named where more than one is */
export function resolveCommand(task: string, resolution: Resolution, step: string | null): string {
  const which = step === null ? [] : ['--step', shellWord(step)];
  return ['nightdesk resolve', task, ...saysOf(resolution), ...which].join(' ');
}

function saysOf(resolution: Resolution): string[] {
  switch (resolution.as) {
    case 'landed':
      return ['--landed', shellWord(JSON.stringify(resolution.result))];
    case 'not-landed':
      return ['--not-landed'];
    case 'given-up':
      return ['--give-up', shellWord(resolution.reason)];
  }
}
