import { hasEnded, type TaskDetail } from '#contract/task.ts';
import { clockTime, countText, spanText, usdText } from '../kit/index.ts';
import styles from './task.module.css';

/** The task in numbers, each with what it is of. */
export function TaskFacts({ task, now }: { task: TaskDetail; now: number }) {
  return (
    <dl className={styles.facts}>
      {factsOf(task, now).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(task: TaskDetail, now: number): [string, string][] {
  const { limits } = task;
  const began = task.startedAt;
  const until = task.endedAt ?? now;
  const limit = limits.costUsd === null ? '' : ` of ${usdText(limits.costUsd)}`;
  return [
    ['Accepted', clockTime(task.acceptedAt, 'seconds')],
    ['Queued', spanText((began ?? until) - task.acceptedAt)],
    ['Took', began === null ? 'not begun' : `${spanText(until - began)} of ${spanText(limits.timeoutMs)}`],
    ['Cost', `${usdText(task.costUsd)}${limit}`],
    ['Tokens', `${countText(task.tokensIn)} in · ${countText(task.tokensOut)} out`],
    ['Attempts', `${task.attempts} of ${limits.attempts}`],
    ['Effects', effectsText(task)],
  ];
}

function effectsText(task: TaskDetail): string {
  const effects = task.steps.filter((step) => step.kind === 'effect');
  const names = new Set(effects.map((step) => step.name));
  if (names.size === 0) return hasEnded(task.state) ? 'none' : 'none yet';
  const landed = new Set(effects.filter((step) => step.state === 'done').map((step) => step.name));
  const open = names.size - landed.size;
  if (open === 0) return `${names.size}, ${names.size === 1 ? 'receipt' : 'receipts'} seen`;
  return `${names.size}, ${open} without receipt`;
}
