import type { Signal, SignalSource } from './alert/rules.ts';
import type { Silence } from './silence/index.ts';

export type TickOptions = {
  now(): number;
  queries: Silence['queries'];
  /** What is done before the rules look, by what the desk says when it fails. */
  chores: Record<string, () => void>;
  /** Every part that judges, the same way: one that works speaks for no other. */
  sources: Record<string, SignalSource>;
  /** What silence says, the failures of the others among it. */
  silence(at: number): Signal[];
  judge(signals: readonly Signal[]): void;
  /** Writes what was counted since. */
  flush(): void;
};

/** One look of the desk at itself: a piece that fails is shown as failed, and keeps no other from its turn. */
export function createTick({ now, queries, chores, sources, silence, judge, flush }: TickOptions) {
  return (): void => {
    for (const [name, chore] of Object.entries(chores)) queries.try(name, chore);
    const at = now();
    const signals = Object.entries(sources).flatMap(([name, of]) => queries.try(name, () => of.signals(at)) ?? []);
    // Last, so that it tells of failures among those before.
    signals.push(...silence(at));
    queries.try('alerts', () => judge(signals));
    flush();
  };
}
