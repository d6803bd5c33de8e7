import type { Look } from './look.ts';

/** What the desk asks of its own data, by name: each says whether it worked when it was asked last. */
type Asked = { failedAt: number | null; error: string; inRow: number };

/** Watches the desk's own queries and ticks: one that fails shows as failed, and is no zero and no quiet. */
export function createQueries(now: () => number, log: (message: string) => void) {
  const asked = new Map<string, Asked>();

  function failed(name: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const before = asked.get(name);
    if (!before || before.inRow === 0) log(`the desk could not ask for ${name}: ${message}`);
    asked.set(name, { failedAt: now(), error: message, inRow: (before?.inRow ?? 0) + 1 });
  }

  return {
    /**
     * Runs a piece of the desk's own work.
     * @param hasAsked whether it asked for anything: what asked for nothing does not say that it works again
     * @returns what it gave, or undefined when it failed, which is then shown
     */
    try<T>(name: string, work: () => T, hasAsked: (value: T) => boolean = () => true): T | undefined {
      try {
        const value = work();
        if (hasAsked(value)) asked.set(name, { failedAt: null, error: '', inRow: 0 });
        return value;
      } catch (error) {
        failed(name, error);
        return undefined;
      }
    },
    /** The same, for work whose caller must know: it throws on. */
    pass<T>(name: string, work: () => T): T {
      try {
        const value = work();
        asked.set(name, { failedAt: null, error: '', inRow: 0 });
        return value;
      } catch (error) {
        failed(name, error);
        throw error;
      }
    },
    /** Something of the desk's own failed in a way of its own: a write, a task in the background. */
    failed,
    worked(name: string): void {
      asked.set(name, { failedAt: null, error: '', inRow: 0 });
    },
    looks: (): Look[] =>
      [...asked].map(([name, { inRow, error }]) => ({
        rule: 'desk-query-failed',
        subject: name,
        agents: [],
        state: inRow === 0 ? 'quiet' : 'holds',
        says: inRow === 0 ? 'answered' : `${error} (${inRow} times in a row)`,
        title: `The desk cannot read its own data: ${name}`,
        clears: `${name} is read again`,
        labels: { query: name },
      })),
  };
}
