import { type Changes, type Collections, FRAME_INTERVAL_MS, type Frame } from '#contract/stream.ts';

/** A topic sends at least this often, so that a reader sees its data age, ms. */
const IDLE_MS = 1_000;

export type TopicOptions<State extends Collections> = {
  /** The topic's state as it is now. */
  read(): State;
  /** Calls back when it may have changed. @returns a function that stops it */
  subscribe(dirty: () => void): () => void;
  /** Settles when the transport can take more: a slow reader gets fewer, fuller patches, never a longer queue. */
  drained(): Promise<void>;
  signal: AbortSignal | undefined;
  now(): number;
};

/** Yields a snapshot, then patches with sequence numbers, ten a second at most. */
export async function* frames<State extends Collections>(
  options: TopicOptions<State>,
): AsyncGenerator<Frame<State>, void> {
  const { signal, now } = options;
  let dirty = false;
  let wake: (() => void) | undefined;
  const stop = options.subscribe(() => {
    dirty = true;
    wake?.();
  });
  const onAbort = (): void => wake?.();
  signal?.addEventListener('abort', onAbort);

  /** Until something changed, or the time is up. */
  function changed(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        wake = undefined;
        resolve();
      }
      if (dirty || signal?.aborted) done();
      else wake = done;
    });
  }
  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  try {
    let seq = 0;
    let state = options.read();
    let sentAt = now();
    yield { kind: 'snapshot', seq, at: sentAt, state };
    while (!signal?.aborted) {
      await changed(IDLE_MS);
      const since = now() - sentAt;
      if (since >= 0 && since < FRAME_INTERVAL_MS) await pause(FRAME_INTERVAL_MS - since);
      await options.drained();
      if (signal?.aborted) return;
      dirty = false;
      const next = options.read();
      const changes = diff(state, next);
      state = next;
      sentAt = now();
      seq += 1;
      yield { kind: 'patch', seq, at: sentAt, changes };
    }
  } finally {
    stop();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** The records that differ, by collection; an unchanged collection is left out. */
export function diff<State extends Collections>(before: State, after: State): Changes<State> {
  const changes: Record<string, { set: Record<string, unknown>; remove: string[] }> = {};
  for (const [name, records] of Object.entries(after)) {
    const old = before[name] ?? {};
    const set: Record<string, unknown> = {};
    for (const [id, record] of Object.entries(records)) {
      if (record !== old[id] && JSON.stringify(record) !== JSON.stringify(old[id])) set[id] = record;
    }
    const remove = Object.keys(old).filter((id) => !(id in records));
    if (remove.length > 0 || Object.keys(set).length > 0) changes[name] = { set, remove };
  }
  return changes as Changes<State>;
}

/** A place where parts of the desk say that something changed, and topics listen. */
export function createBell() {
  const listeners = new Set<() => void>();
  return {
    ring(): void {
      for (const listener of listeners) listener();
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
