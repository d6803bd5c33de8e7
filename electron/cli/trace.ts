import type { Json } from '#contract/basic.ts';
import type { Attempt, Step, TaskDetail } from '#contract/task.ts';
import { counted, plain, spanText, usdText } from './format.ts';

/** JSON is shown up to this length, characters. */
const SHOWN = 160;

/** How a task went, from its input to its end: attempts, and under each the steps it made. */
export function traceText(task: TaskDetail, input: Json): string {
  const parts = [`${task.agent}  ${shown(input)}`];
  for (const attempt of task.attemptList) {
    parts.push(attemptText(attempt));
    for (const step of task.steps) if (step.attempt === attempt.number) parts.push(...stepLines(step));
    if (attempt.error) parts.push(`  ${attempt.error.class}: ${plain(attempt.error.message)}`);
    if (attempt.backoffMs !== null) parts.push(`  waits ${spanText(attempt.backoffMs)}`);
  }
  parts.push(endText(task));
  return parts.join('\n');
}

function attemptText({ number, outcome, startedAt, endedAt }: Attempt): string {
  const took = endedAt === null ? '' : ` after ${spanText(endedAt - startedAt)}`;
  return `\nAttempt ${number}: ${outcome.replaceAll('-', ' ')}${took}`;
}

function stepLines(step: Step): string[] {
  const took = step.endedAt === null ? '' : `  ${spanText(step.endedAt - step.startedAt)}`;
  const state = step.state === 'done' ? '' : `  ${step.state.replaceAll('-', ' ')}`;
  const lines = [`  ${step.kind.padEnd(6)}  ${step.name}${took}${state}`];
  if (step.call) {
    const { provider, model, tokensIn, tokensOut, costUsd, rehearsal } = step.call;
    const by = `${provider}/${model}${rehearsal ? ', rehearsed' : ''}`;
    lines.push(`          ${by}: ${counted(tokensIn, 'token')} in, ${tokensOut} out, ${usdText(costUsd)}`);
  } else if (step.request !== null) lines.push(`          asked  ${shown(step.request)}`);
  if (step.result !== null) lines.push(`          gave   ${shown(step.result)}`);
  if (step.error) lines.push(`          ${step.error.class}: ${plain(step.error.message)}`);
  return lines;
}

function endText(task: TaskDetail): string {
  const spent = `${counted(task.tokensIn, 'token')} in, ${task.tokensOut} out, ${usdText(task.costUsd)}`;
  const took = task.endedAt === null ? '' : ` in ${spanText(task.endedAt - task.acceptedAt)}`;
  const lines = [`\n${task.state.replaceAll('-', ' ')}${took}: ${spent}`];
  if (task.reason !== null) lines.push(plain(task.reason));
  if (task.error) lines.push(`${task.error.class}: ${plain(task.error.message)}`);
  if (task.output !== null) lines.push(JSON.stringify(task.output, null, 2));
  return lines.join('\n');
}

function shown(value: Json): string {
  const text = plain(JSON.stringify(value) ?? '');
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 1)}…`;
}
