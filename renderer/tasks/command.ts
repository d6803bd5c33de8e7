import type { Json } from '#contract/basic.ts';
import { shellWord } from '../kit/shell.ts';

/** The command line that resubmits a task with another input, which it reads from standard input. */
export function resubmitCommand(task: string, input: Json): string {
  return `printf '%s' ${shellWord(JSON.stringify(input))} | nightdesk resubmit ${task} --input -`;
}

/** The command line that forks a task. @param step the last step to keep */
export function forkCommand(task: string, step: string): string {
  return `nightdesk fork ${task} --step ${shellWord(step)}`;
}

/** The command line that has a task tried now. */
export function retryCommand(task: string): string {
  return `nightdesk retry ${task}`;
}
