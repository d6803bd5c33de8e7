import { createHash } from 'node:crypto';
import type { Json } from '#contract/basic.ts';
import type { StepKind, TaskError } from '#contract/task.ts';
import { fingerprintOf, type Journal } from './journal.ts';
import { ToolFailure, toolErrorOf } from './tool-failure.ts';
import { failWith, Unwind } from './unwind.ts';

/** An effect: what runs, and how to tell after a crash whether it landed. */
export type Effect = {
  recovery: 'idempotent' | 'reconcile' | 'manual';
  run(key: string, signal: AbortSignal): Promise<Json> | Json;
  check: ((key: string) => Promise<Json | undefined> | Json | undefined) | undefined;
};

/**
 * Runs steps against the journal: a finished one is not run again, an effect is announced before it happens, one in
 * doubt is settled by its recovery policy.
 * @param identity names the task in effect keys
 */
export function createStepRunner(options: {
  journal: Journal;
  agent: string;
  identity: string;
  signal: AbortSignal;
  /** What a step gives is masked before it is journaled and handed on: a replay gives the same. */
  mask<T extends Json>(value: T): T;
  now(): number;
}) {
  const { journal, signal, mask, now } = options;

  let leaving: Unwind | undefined;
  const inFlight = new Set<Promise<Json>>();

  async function begin(): Promise<void> {
    await journal.durable();
    mayBegin();
  }

  function mayBegin(): void {
    signal.throwIfAborted();
    if (leaving) throw leaving;
  }

  /** What has begun when the attempt is left may finish: its result is not lost, and no effect is put in doubt by it. */
  function tracked(work: Promise<Json>): Promise<Json> {
    inFlight.add(work);
    const over = (): void => {
      inFlight.delete(work);
    };
    work.then(over, over);
    return work;
  }

  /** The same in every attempt, and after the database was lost: what the other system sees as one and the same. */
  function keyOf(name: string): string {
    const hash = createHash('sha256').update(`${options.agent}\n${options.identity}\n${name}`).digest('base64url');
    return `nd-${hash.slice(0, 22)}`;
  }

  async function step(name: string, kind: StepKind, request: Json, run: () => Promise<Json> | Json): Promise<Json> {
    const fingerprint = request === null ? null : fingerprintOf(request);
    const before = journal.replay(name, fingerprint);
    if (before) return JSON.parse(before.result ?? 'null') as Json;
    await begin();
    const startedAt = now();
    const asked = request === null ? null : JSON.stringify(request);
    try {
      const result = mask((await (kind === 'sleep' ? run() : tracked(Promise.resolve(run())))) ?? null);
      signal.throwIfAborted();
      journal.write({
        name,
        kind,
        state: 'done',
        startedAt,
        fingerprint,
        request: asked,
        result: JSON.stringify(result),
      });
      return result;
    } catch (error) {
      if (error instanceof Unwind || signal.aborted) throw error;
      const seen = toolErrorOf(error, name);
      journal.write({ name, kind, state: 'failed', startedAt, request: asked, error: seen });
      throw failWith(seen.class, seen.message, seen);
    }
  }

  /** Runs the effect, its intent on the disk before it starts. */
  async function perform(
    name: string,
    key: string,
    fingerprint: string | null,
    request: string | null,
    effect: Effect,
  ): Promise<Json> {
    const startedAt = now();
    const seq = journal.write({
      name,
      kind: 'effect',
      state: 'intent',
      startedAt,
      fingerprint,
      request,
      effectKey: key,
    });
    await journal.durable();
    if (signal.aborted) {
      const error: TaskError = { class: 'cancelled', message: 'stopped before it was sent', source: name };
      journal.write({ name, kind: 'effect', state: 'failed', startedAt, request, effectKey: key, error }, seq);
      throw signal.reason;
    }
    let result: Json;
    try {
      result = mask((await effect.run(key, signal)) ?? null);
    } catch (error) {
      if (error instanceof Unwind || signal.aborted) throw error;
      const seen = toolErrorOf(error, name);
      if (error instanceof ToolFailure && error.landed === 'no') {
        journal.write({ name, kind: 'effect', state: 'failed', startedAt, request, effectKey: key, error: seen }, seq);
      }
      // Whether it landed is not known: the intent stays open, and the next attempt settles it by the recovery policy.
      throw failWith(seen.class, seen.message, seen);
    }
    const written = { name, kind: 'effect', state: 'done', startedAt, fingerprint, request, effectKey: key } as const;
    journal.write({ ...written, result: JSON.stringify(result) }, seq);
    return result;
  }

  async function effect(name: string, request: Json, effect: Effect): Promise<Json> {
    const fingerprint = request === null ? null : fingerprintOf(request);
    const before = journal.replay(name, fingerprint);
    if (before) return JSON.parse(before.result ?? 'null') as Json;
    const key = keyOf(name);
    const asked = request === null ? null : JSON.stringify(request);
    const open = journal.openIntent(name);
    await begin();
    if (!open) return tracked(perform(name, key, fingerprint, asked, effect));
    if (open.fingerprint !== fingerprint) {
      throw failWith('diverged', `effect "${name}" was begun with another request in attempt ${open.attempt}`);
    }
    journal.doubt(open.seq);
    switch (effect.recovery) {
      case 'idempotent':
        return tracked(perform(name, key, fingerprint, asked, effect));
      case 'reconcile':
        return tracked(reconcile(name, key, fingerprint, asked, effect));
      case 'manual':
        throw new Unwind({
          kind: 'in-doubt',
          reason: `${name} was begun and never answered; nothing can tell whether it landed`,
        });
    }
  }

  async function reconcile(
    name: string,
    key: string,
    fingerprint: string | null,
    request: string | null,
    effect: Effect,
  ): Promise<Json> {
    const { check } = effect;
    if (!check) throw new Unwind({ kind: 'in-doubt', reason: `${name} has no check(key) to tell whether it landed` });
    const startedAt = now();
    const found = await Promise.resolve()
      .then(() => check(key))
      .then((receipt) => (receipt === undefined ? undefined : mask(receipt)))
      .catch((error: unknown) => {
        const seen = toolErrorOf(error, name);
        throw failWith(seen.class, `whether ${name} landed could not be asked: ${seen.message}`, { source: name });
      });
    const answer = { landed: found !== undefined, receipt: found ?? null };
    journal.write({
      name: `${name} landed?`,
      kind: 'check',
      state: 'done',
      startedAt,
      request: JSON.stringify({ key }),
      result: JSON.stringify(answer),
    });
    if (found === undefined) return perform(name, key, fingerprint, request, effect);
    journal.write({
      name,
      kind: 'effect',
      state: 'done',
      startedAt,
      fingerprint,
      request,
      effectKey: key,
      result: JSON.stringify(found),
    });
    return found;
  }

  return {
    step,
    effect,
    begin,
    /** For what waits by other means until everything before is on the disk. @throws when no step may begin */
    mayBegin,
    /** The idempotency key of a step of this task. */
    keyOf,
    /** Writes down a tool that could not be begun. */
    async failed(name: string, error: TaskError): Promise<void> {
      await begin();
      journal.write({ name, kind: 'tool', state: 'failed', startedAt: now(), error });
    },
    /** From now on no step begins: the attempt is about to end so. */
    leave(unwind: Unwind): void {
      leaving ??= unwind;
    },
    /** How it ends although the agent's code went on. */
    left: (): Unwind | undefined => leaving,
    /** When what had begun is over. */
    async settled(): Promise<void> {
      await Promise.allSettled(inFlight);
    },
  };
}
export type StepRunner = ReturnType<typeof createStepRunner>;
