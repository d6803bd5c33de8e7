import type { Lane } from '#contract/runtime.ts';
import type { LaneSample } from './queue.ts';

/** Kept this far back: a little more than the rule of growing queues looks, ms. */
const KEEP_MS = 17 * 60_000;
const SAMPLE_MS = 60_000;

type Memory = {
  ended: number;
  queuedSince: number | null;
  lastEndAt: number | null;
  lastSuccessAt: number | null;
  samples: LaneSample[];
};

/** How the lanes stood over the last minutes: what a moment alone does not tell. */
export function createLaneMemory() {
  const lanes = new Map<string, Memory>();

  function memoryOf(agent: string): Memory {
    let memory = lanes.get(agent);
    if (!memory) {
      memory = { ended: 0, queuedSince: null, lastEndAt: null, lastSuccessAt: null, samples: [] };
      lanes.set(agent, memory);
    }
    return memory;
  }

  return {
    /** They come in their order: the newest by the clock as it is, though it was set back. */
    ended(agent: string, at: number, succeeded: boolean): void {
      const memory = memoryOf(agent);
      memory.ended += 1;
      memory.lastEndAt = at;
      if (succeeded) memory.lastSuccessAt = at;
    },
    look(view: Pick<Lane, 'agent' | 'queued' | 'running' | 'waiting'>, now: number): void {
      const memory = memoryOf(view.agent);
      memory.queuedSince = view.queued === 0 ? null : (memory.queuedSince ?? now);
      const last = memory.samples.at(-1);
      if (last && now - last.at < SAMPLE_MS) return;
      memory.samples.push({ at: now, inFlight: view.queued + view.running + view.waiting, ended: memory.ended });
      while ((memory.samples[0]?.at ?? now) < now - KEEP_MS) memory.samples.shift();
    },
    /** The desk slept, or the clock was set: what was seen before says nothing of now. */
    forget(): void {
      const nothing = { queuedSince: null, lastEndAt: null, lastSuccessAt: null, samples: [] };
      for (const memory of lanes.values()) Object.assign(memory, nothing);
    },
    of: (agent: string): Memory => memoryOf(agent),
  };
}
export type LaneMemory = ReturnType<typeof createLaneMemory>;
