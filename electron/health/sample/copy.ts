import type { Deed, SampleCopy } from '#contract/sample.ts';
import type { Step, TaskDetail } from '#contract/task.ts';

/** A copy holds so much of what the agent did, in characters of JSON, and so many deeds: people judge outputs, not logs. */
const MOST = { characters: 100_000, deeds: 60 } as const;

/**
 * What a person needs to judge a task: its input, its output, and what it did on the way. Secrets were masked before they came
 * to the disk. What the judge said is left out: it must not lead the person.
 */
export function copyOf(task: TaskDetail): SampleCopy {
  const steps = task.steps.filter(isDeed);
  const did: Deed[] = [];
  let characters = 0;
  for (const step of steps) {
    const deed = deedOf(step);
    characters += JSON.stringify(deed).length;
    if (did.length === MOST.deeds || characters > MOST.characters) break;
    did.push(deed);
  }
  return { input: task.input, output: task.output, did, more: steps.length - did.length, costUsd: task.costUsd };
}

function isDeed({ kind, state }: Step): boolean {
  return state === 'done' && kind !== 'check' && kind !== 'output' && kind !== 'sleep';
}

function deedOf({ name, kind, startedAt, endedAt, request, result }: Step): Deed {
  const ms = endedAt === null ? null : Math.max(0, endedAt - startedAt);
  // The messages to a model repeat the input and every result so far.
  return { name, kind, ms, request: kind === 'model' ? null : request, result };
}
