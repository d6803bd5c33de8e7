import { z } from 'zod';
import type { Json } from '#contract/basic.ts';
import { CANARY_KEY, type Canary, type CanaryKeys } from '#contract/canary.ts';
import type { Result } from '#contract/errors.ts';
import type { Submitted, TaskDetail } from '#contract/task.ts';
import type { SilenceStore } from '../../store/silence.ts';
import { afterVerdict, type CanaryState, canaryFailed, judgeCanary, NO_CANARY, nextCanary } from './canary.ts';
import type { Look } from './look.ts';

const stateSchema = z.object({
  task: z.string().nullable(),
  startedAt: z.number().nullable(),
  judged: z.boolean(),
  outcome: z.enum(['passed', 'missed']).nullable(),
  why: z.string().nullable(),
  misses: z.number(),
});

export type CanariesOptions = {
  store: Pick<SilenceStore, 'canaries' | 'writeCanary'>;
  /** Writes, after those before, as often as it takes. */
  keep(work: () => void): void;
  canaries(): { agent: string; keys: CanaryKeys }[];
  input(agent: string): Result<Json>;
  submit(agent: string, input: Json, key: string): Promise<Result<Submitted>>;
  task(id: string): Result<TaskDetail>;
  isPaused(agent: string): boolean;
};

/** Starts the canaries that are due, and judges those that ended. */
export function createCanaries(options: CanariesOptions) {
  const states = new Map<string, CanaryState>();
  /** Agents whose canary is on its way into the queue. */
  const starting = new Set<string>();

  function put(agent: string, state: CanaryState): void {
    states.set(agent, state);
    options.keep(() => options.store.writeCanary(agent, JSON.stringify(state)));
  }

  function stateOf(agent: string): CanaryState {
    return states.get(agent) ?? NO_CANARY;
  }

  async function start(agent: string, now: number): Promise<void> {
    const before = stateOf(agent);
    const input = options.input(agent);
    const key = `${CANARY_KEY}${new Date(now).toISOString()}`;
    const started = input.ok ? await options.submit(agent, input.value, key) : input;
    const state = { ...before, task: null, startedAt: now };
    put(
      agent,
      started.ok
        ? { ...state, task: started.value.id, judged: false }
        : afterVerdict(state, { passed: false, why: started.error.message }),
    );
  }

  return {
    load(): void {
      for (const { agent, body } of options.store.canaries()) {
        const parsed = stateSchema.safeParse(JSON.parse(body));
        if (parsed.success) states.set(agent, parsed.data);
      }
    },
    /** @param since since when the desk looks without a break */
    look(now: number, since: number): Look[] {
      return options.canaries().map(({ agent, keys }) => {
        const state = stateOf(agent);
        const paused = options.isPaused(agent);
        if (!state.judged && state.task !== null) {
          const task = options.task(state.task);
          const verdict = judgeCanary(task.ok ? task.value : undefined, state, keys, { now, since });
          if (verdict) put(agent, afterVerdict(state, verdict));
        } else if (!paused && !starting.has(agent) && now >= nextCanary(state, keys, now)) {
          starting.add(agent);
          void start(agent, now).finally(() => starting.delete(agent));
        }
        return canaryFailed(agent, stateOf(agent), paused);
      });
    },
    list: (now: number): Canary[] =>
      options.canaries().map(({ agent, keys }) => {
        const { judged: _, ...state } = stateOf(agent);
        return { agent, everyMs: keys.every, ...state, nextAt: nextCanary(stateOf(agent), keys, now) };
      }),
  };
}
