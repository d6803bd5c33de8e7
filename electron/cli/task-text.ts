import type { Doubt, Origin, Step, TaskDetail } from '#contract/task.ts';
import { counted, fields, momentText, spanText, table, usdText } from './format.ts';

/** Everything known of a task, for reading. */
export function taskText(task: TaskDetail, now: number): string {
  const { attempts, timeoutMs, costUsd } = task.limits;
  const limit = costUsd === null ? '' : ` of ${usdText(costUsd)}`;
  const parts = [
    fields([
      ['Task', task.id],
      ['Agent', task.agent],
      ['State', task.state],
      ['Reason', task.reason],
      ['Error', task.error === null ? null : `${task.error.class}: ${task.error.message}`],
      ['Key', task.key],
      ['Comes from', task.origin === null ? null : familyText(task.origin)],
      ['Goes on as', task.offspring.map((each) => `${familyText(each)} ${each.state}`).join(', ') || null],
      ['Marks', task.marks.join(' ') || null],
      ['Accepted', momentText(task.acceptedAt, now)],
      ['Ended', endedText(task, now)],
      ['Attempts', `${task.attempts} of ${attempts}, ${spanText(timeoutMs)} each at most`],
      ['Cost', `${usdText(task.costUsd)}${limit}, ${counted(task.tokensIn, 'token')} in, ${task.tokensOut} out`],
      ['Model', task.model],
      ['Input', JSON.stringify(task.input)],
      ['Output', task.output === null ? null : JSON.stringify(task.output)],
    ]),
  ];
  parts.push(...task.doubts.map((doubt) => doubtText(task, doubt, now)));
  if (task.state === 'failed' || task.state === 'cancelled')
    parts.push(`  nightdesk requeue ${task.id}   try it again`);
  if (task.waitKind === 'backoff') parts.push(`  nightdesk retry ${task.id}   try it now`);
  if (task.waitKind === 'person') parts.push(`It waits for a person: nightdesk questions --task ${task.id}`);
  if (task.attemptList.length > 0) parts.push(attemptTable(task, now));
  if (task.steps.length > 0) parts.push(stepTable(task.steps));
  return parts.join('\n\n');
}

/** What is known of an effect in doubt, and how a person resolves it. */
function doubtText(task: TaskDetail, doubt: Doubt, now: number): string {
  const step = task.doubts.length === 1 ? '' : ` --step '${doubt.step.replaceAll("'", `'\\''`)}'`;
  return [
    fields([
      ['In doubt', doubt.step],
      ['Key', doubt.effectKey],
      ['Request', doubt.request === null ? null : JSON.stringify(doubt.request)],
      ['Begun', `${momentText(doubt.begunAt, now)}, in attempt ${doubt.attempt}`],
      ['Check', doubt.check === null ? 'nothing can tell whether it landed' : JSON.stringify(doubt.check)],
    ]),
    `  nightdesk resolve ${task.id}${step} --landed RESULT   it landed`,
    `  nightdesk resolve ${task.id}${step} --not-landed   it did not: it is sent again, under the same key`,
    `  nightdesk resolve ${task.id}${step} --give-up REASON   the task fails`,
  ].join('\n');
}

function endedText(task: TaskDetail, now: number): string | null {
  if (task.endedAt === null) return null;
  return `${momentText(task.endedAt, now)}, ${spanText(task.endedAt - task.acceptedAt)} after it was accepted`;
}

function attemptTable(task: TaskDetail, now: number): string {
  return table(task.attemptList, [
    { head: 'Attempt', cell: (attempt) => String(attempt.number), right: true },
    { head: 'Outcome', cell: (attempt) => attempt.outcome },
    { head: 'Began', cell: (attempt) => momentText(attempt.startedAt, now) },
    { head: 'Took', cell: tookText, right: true },
    { head: 'Worker', cell: (attempt) => attempt.worker },
    { head: 'Error', cell: (attempt) => attempt.error?.message.slice(0, 80) ?? '-' },
  ]);
}

function stepTable(steps: Step[]): string {
  return table(steps, [
    { head: 'Step', cell: (step) => String(step.seq), right: true },
    { head: 'Kind', cell: (step) => step.kind },
    { head: 'Name', cell: (step) => step.name },
    { head: 'State', cell: (step) => step.state },
    { head: 'Took', cell: tookText, right: true },
    { head: 'Cost', cell: (step) => (step.call === null ? '-' : usdText(step.call.costUsd)), right: true },
    { head: 'Error', cell: (step) => step.error?.message.slice(0, 80) ?? '-' },
  ]);
}

function tookText({ startedAt, endedAt }: { startedAt: number; endedAt: number | null }): string {
  return endedAt === null ? '-' : spanText(endedAt - startedAt);
}

function familyText({ kind, task, step }: Origin): string {
  switch (kind) {
    case 'edited':
      return `${task} (another input)`;
    case 'fork':
      return `${task} (forked after "${step}")`;
    case 'spawn':
      return `${task} (spawned at "${step}")`;
  }
}
