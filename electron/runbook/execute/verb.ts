import { type Directive, type Verb, verbSchema } from '#contract/runbook.ts';
import type { StepRecord } from './record.ts';

/*
 * What the verbs of steps are, as far as running them goes. Pure.
 */

/** How a step is carried out. `action`: through the runtime. `job`: outside the desk, beside everything else. */
export type Manner = 'by-hand' | 'check' | 'question' | 'wait' | 'show' | 'action' | 'message' | 'canary' | 'job';

const MANNERS: Record<Verb, Manner> = {
  verify: 'check',
  ask: 'question',
  wait: 'wait',
  show: 'show',
  pause: 'action',
  resume: 'action',
  drain: 'action',
  reroute: 'action',
  requeue: 'action',
  cancel: 'action',
  retry: 'action',
  set: 'action',
  reset: 'action',
  scale: 'action',
  notify: 'message',
  run: 'canary',
  http: 'job',
  shell: 'job',
};

export function mannerOf(step: Pick<StepRecord, 'source'>): Manner {
  const { directive } = step.source;
  return directive === null ? 'by-hand' : MANNERS[directive.verb];
}

/** Whether the desk carries the step out; the others are checked off by hand. */
export function isLive(step: Pick<StepRecord, 'source'>): boolean {
  return step.source.directive !== null;
}

/** Whether the step is an action on the runtime. */
export function isAction(step: Pick<StepRecord, 'source'>): boolean {
  return mannerOf(step) === 'action';
}

/** Whether the step changes something beyond the desk: what the cap on actions counts, and what a dry run leaves. */
export function isAct(step: Pick<StepRecord, 'source'>): boolean {
  const manner = mannerOf(step);
  return manner === 'action' || manner === 'canary' || manner === 'job';
}

/** How a step is confirmed: a shell never runs without. */
export function confirmOf(directive: Directive | null): Directive['confirm'] {
  if (directive === null) return 'none';
  return directive.verb === verbSchema.enum.shell && directive.confirm === 'none' ? 'press' : directive.confirm;
}
