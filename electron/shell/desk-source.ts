import type { MessagePortMain } from 'electron';

/** Where windows get their desk from: a process of ours, or one that runs elsewhere. */
export type DeskSource = {
  /**
   * Connects one window: `give` gets a port once the desk is up, and another whenever it comes back.
   *
   * @returns a function that ends it
   */
  connect(give: (port: MessagePortMain) => void): () => void;
  close(): Promise<void>;
};

/** A process that lived this long had started well: after its death the next one starts at once. */
export const WELL_MS = 60_000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;

/** How long to wait before the n-th try (from 1) after a loss, ms: doubling, at most ten seconds. */
export function waitBefore(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
}

/**
 * A source that may give its windows over to another one: a desk of our own that finds its data folder taken leaves them
 * to the desk that took it.
 *
 * @param first makes the one that comes first; it calls `leave` with what makes the next
 */
export function handOver(first: (leave: (next: () => DeskSource) => void) => DeskSource): DeskSource {
  const windows = new Set<{ give: (port: MessagePortMain) => void; end: () => void }>();
  let current = first((next) => {
    const before = current;
    current = next();
    for (const window of windows) {
      window.end();
      window.end = current.connect(window.give);
    }
    void before.close();
  });
  return {
    connect(give) {
      const window = { give, end: current.connect(give) };
      windows.add(window);
      return () => {
        windows.delete(window);
        window.end();
      };
    },
    close: () => current.close(),
  };
}
