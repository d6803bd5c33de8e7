import type { RunStep } from '#contract/runbook.ts';

/** How a step stands: its colour's meaning and its word. `quiet` is plain ink. */
export type StepWord = { tone: 'met' | 'now' | 'soon' | 'act' | 'unknown' | 'quiet'; word: string };

/**
 * The word at the right of a step's row.
 * @param next whether it is the step that is next in a run that goes on
 */
export function wordOf(step: RunStep, next: boolean, now: number): StepWord {
  switch (step.state) {
    case 'passed':
      return isOver(step, now)
        ? { tone: 'quiet', word: 'No longer in force' }
        : { tone: 'met', word: passedWord(step) };
    case 'failed':
      if (step.inDoubt) return { tone: 'soon', word: 'In doubt' };
      return { tone: 'now', word: step.verb === 'verify' ? 'Not held' : 'Failed' };
    case 'no-data':
      return { tone: 'unknown', word: 'No data' };
    case 'skipped':
      return { tone: 'quiet', word: 'Skipped' };
    case 'undone':
      return { tone: 'act', word: 'Undone' };
    case 'acting':
      return { tone: 'act', word: 'Acting' };
    case 'checking':
      return { tone: 'act', word: checkingWord(step) };
    case 'todo':
      return todoWord(step, next);
  }
}

/** What a step that is being measured is at. */
export function checkingWord(step: Pick<RunStep, 'verb' | 'holdsUntil'>): string {
  if (step.verb === 'wait') return 'Waiting';
  return step.holdsUntil === null ? 'Measuring' : 'Holding';
}

/** Whether what a step brought into force is over: by itself, or because somebody ended or replaced it. */
export function isOver(step: Pick<RunStep, 'state' | 'until' | 'renewable'>, now: number): boolean {
  return step.state === 'passed' && step.until !== null && (step.until <= now || !step.renewable);
}

function passedWord(step: RunStep): string {
  if (!step.live) return 'Done';
  switch (step.verb) {
    case 'verify':
      return 'Held';
    case 'ask':
      return 'Answered';
    case 'notify':
    case 'http':
      return 'Sent';
    case 'wait':
      return 'Over';
    case 'run':
      return 'As expected';
    case 'shell':
      return 'Ran';
    default:
      return 'Seen';
  }
}

function todoWord(step: RunStep, next: boolean): StepWord {
  if (!next) return { tone: 'quiet', word: step.live ? '' : 'by hand' };
  if (step.plan !== null) return { tone: 'act', word: 'Plan ready' };
  if (!step.live) return { tone: 'act', word: 'By hand' };
  return { tone: 'act', word: step.verb === 'ask' ? 'Your answer' : 'Ready' };
}

/** Steps grouped under the sections of their runbook, in their order. */
export function sectionsOf(steps: readonly RunStep[]): { title: string; steps: RunStep[] }[] {
  const sections: { title: string; steps: RunStep[] }[] = [];
  for (const step of steps.toSorted((a, b) => a.index - b.index)) {
    const last = sections.at(-1);
    if (last?.title === step.section) last.steps.push(step);
    else sections.push({ title: step.section, steps: [step] });
  }
  return sections;
}

/** Whether everything that has to be proven was: the run then ends without a reason. */
export function isProven(steps: readonly RunStep[]): boolean {
  const checks = steps.filter((step) => step.sectionKind === 'verify' && step.verb === 'verify');
  return checks.length > 0 && checks.every((step) => step.state === 'passed');
}
