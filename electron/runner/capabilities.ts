import type { Capability } from '#contract/runtime.ts';

export const RUNTIME_NAME = 'embedded';

/** What the embedded runner can do to lanes and tasks, and how. */
export const CAPABILITIES: Capability[] = [
  { verb: 'pause', effect: 'cooperative', scope: 'lane', meanwhile: 'queues', idempotent: 'key' },
  { verb: 'drain', effect: 'drains', scope: 'lane', meanwhile: 'queues', idempotent: 'key' },
  { verb: 'resume', effect: 'immediate', scope: 'lane', meanwhile: 'none', idempotent: 'key' },
  { verb: 'reroute', effect: 'immediate', scope: 'lane', meanwhile: 'none', idempotent: 'key' },
  { verb: 'cancel', effect: 'cooperative', scope: 'task', meanwhile: 'none', idempotent: 'key' },
  { verb: 'retry', effect: 'immediate', scope: 'task', meanwhile: 'none', idempotent: 'key' },
  { verb: 'set', effect: 'immediate', scope: 'lane', meanwhile: 'queues', idempotent: 'key' },
  { verb: 'reset', effect: 'immediate', scope: 'runtime', meanwhile: 'none', idempotent: 'key' },
  { verb: 'requeue', effect: 'immediate', scope: 'runtime', meanwhile: 'none', idempotent: 'key' },
];
