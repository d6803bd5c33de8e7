import type { Json } from '#contract/basic.ts';
import { type Sleeping, type SpawnResult, sleepRequestSchema, spawnResultSchema } from '../engine/protocol.ts';
import { fingerprintOf, type Journal } from './journal.ts';
import type { StepRunner } from './steps.ts';
import { failWith, Unwind } from './unwind.ts';
import { wait } from './wait.ts';

/** A shorter sleep stays in its worker: parking would take as long, ms. */
const SHORT_MS = 1_000;
/** Timers count to here, ms; no attempt lives so long. */
const LONG_MS = 2 ** 30;

export type WaitingOptions = {
  journal: Journal;
  steps: StepRunner;
  signal: AbortSignal;
  now(): number;
};

/**
 * Steps that sleep and steps that wait for a child. The attempt goes on beside them, and parks as soon as nothing else
 * of it is under way: several of them wait side by side, and none holds a worker.
 */
export function createWaiting({ journal, steps, signal, now }: WaitingOptions) {
  const sleeping = new Map<string, Sleeping & { from: number }>();
  const children = new Set<string>();
  const leaving = new Set<(unwind: Unwind) => void>();
  let active = 0;
  let looking = false;

  /** Parks when the agent's code has had its turn and started nothing. */
  function look(): void {
    if (looking || leaving.size === 0) return;
    looking = true;
    setImmediate(() =>
      setImmediate(() => {
        looking = false;
        if (active === 0 && leaving.size > 0 && !signal.aborted) park();
      }),
    );
  }

  function park(): void {
    const unwind = new Unwind({
      kind: 'until',
      sleeping: [...sleeping.values()].map(({ from, ...each }) => ({
        ...each,
        leftMs: Math.max(0, each.leftMs - (performance.now() - from)),
      })),
      children: [...children],
    });
    steps.leave(unwind);
    for (const leave of leaving) leave(unwind);
    leaving.clear();
  }

  /** What is under way holds the parking off. */
  async function during<T>(work: () => Promise<T>): Promise<T> {
    active += 1;
    try {
      return await work();
    } finally {
      active -= 1;
      look();
    }
  }

  function parked(done: Promise<null> | null): Promise<null> {
    return new Promise((resolve, reject) => {
      leaving.add(reject);
      done?.then((value) => {
        if (leaving.delete(reject)) resolve(value);
      }, reject);
      look();
    });
  }

  async function sleep(name: string, ms: number): Promise<void> {
    if (ms <= SHORT_MS) {
      await during(() => steps.step(name, 'sleep', { ms }, () => wait(ms, signal)));
      return;
    }
    const fingerprint = fingerprintOf({ ms });
    if (journal.replay(name, fingerprint)) return;
    const open = journal.openIntent(name);
    if (open && open.fingerprint !== fingerprint) throw diverged(name, open.attempt);
    await during(() => steps.begin());
    const leftMs = open ? Math.max(0, sleepRequestSchema.parse(JSON.parse(open.request ?? 'null')).until - now()) : ms;
    const startedAt = open?.startedAt ?? now();
    sleeping.set(name, { step: name, fingerprint, ms, leftMs, from: performance.now() });
    await parked(leftMs > LONG_MS ? null : wait(leftMs, signal));
    sleeping.delete(name);
    const written = { name, kind: 'sleep', state: 'done', startedAt, fingerprint, result: 'null' } as const;
    journal.write({ ...written, request: JSON.stringify({ ms }) }, open?.seq);
  }

  async function spawn(name: string, agent: string, input: Json): Promise<SpawnResult> {
    const request = { agent, input };
    const fingerprint = fingerprintOf(request);
    const before = journal.replay(name, fingerprint);
    if (before) return spawnResultSchema.parse(JSON.parse(before.result ?? 'null'));
    const open = journal.openIntent(name);
    if (open && open.fingerprint !== fingerprint) throw diverged(name, open.attempt);
    await during(() => steps.begin());
    if (!open) {
      const written = { name, kind: 'spawn', state: 'intent', startedAt: now(), fingerprint } as const;
      journal.write({ ...written, request: JSON.stringify(request), effectKey: steps.keyOf(name) });
    }
    children.add(name);
    await parked(null);
    throw new Error(`"${name}" went on before its child had ended`);
  }

  return { during, sleep, spawn };
}

function diverged(name: string, attempt: number): Unwind {
  return failWith('diverged', `step "${name}" was begun with another request in attempt ${attempt}`);
}
