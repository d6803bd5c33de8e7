import { type AgentHealth, type HealthState, healthStateSchema } from '#contract/health.ts';
import type { Rollups } from '../../store/rollup.ts';

/** Since when an agent's health stands as it does. */
export type Stood = { state: HealthState; since: number };

export type StandingOptions = {
  store: Pick<Rollups, 'states' | 'writeState'>;
  /** What the disk refuses is written by the next look. */
  write<T>(work: () => T, onDurable: (value: T) => void): void;
  /** An agent stands otherwise than before. */
  onMoved(agent: string, from: HealthState, to: HealthState, reason: string): void;
  now(): number;
};

/** Remembers since when each agent stands as it does: in memory for the board, on the disk for the next start. */
export function createStanding({ store, write, onMoved, now }: StandingOptions) {
  const known = new Map<string, Stood>();
  /** What the disk does not say yet. */
  const unwritten = new Map<string, Stood>();

  return {
    known: known as ReadonlyMap<string, Stood>,
    load(): void {
      for (const { agent, state, since } of store.states()) {
        const parsed = healthStateSchema.safeParse(state);
        if (parsed.success) known.set(agent, { state: parsed.data, since });
      }
    },
    look(rows: readonly Pick<AgentHealth, 'name' | 'state' | 'reason'>[]): void {
      for (const { name, state, reason } of rows) {
        const before = known.get(name);
        if (before?.state === state) continue;
        const stood = { state, since: now() };
        known.set(name, stood);
        unwritten.set(name, stood);
        if (before !== undefined) onMoved(name, before.state, state, reason);
      }
      if (unwritten.size === 0) return;
      const told = [...unwritten];
      write(
        () => {
          for (const [name, { state, since }] of told) store.writeState(name, state, since);
        },
        () => {
          for (const [name, stood] of told) if (unwritten.get(name) === stood) unwritten.delete(name);
        },
      );
    },
  };
}
