import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Collections, Frame } from '#contract/stream.ts';
import type { ConnectionState } from './connection.ts';
import { applyFrame, type Held } from './reduce.ts';

/** Wait before a topic that broke on an open connection is read again, ms. */
const REREAD_MS = 1_000;

/** What a topic's readers see. */
export type TopicState<State extends Collections> = {
  state: State | null;
  /** The desk's clock at the last frame; 0 before the first. */
  at: number;
  /** This machine's clock when the last frame came; 0 before the first. */
  receivedAt: number;
  /** Why it cannot be read, in the desk's words; null while it can. */
  trouble: string | null;
};

type Open<State extends Collections> = (signal: AbortSignal) => Promise<AsyncIterable<Frame<State>>>;

/**
 * Follows a topic into a store: a snapshot, then patches; read again after a gap, and on every new connection. The desk
 * sends at most ten frames a second, so the store commits no more often.
 *
 * @returns the store, and a function that stops it
 */
export function followTopic<State extends Collections>(
  connection: StoreApi<ConnectionState>,
  open: Open<State>,
): { store: StoreApi<TopicState<State>>; stop(): void } {
  const store = createStore<TopicState<State>>(() => ({ state: null, at: 0, receivedAt: 0, trouble: null }));
  const stopped = new AbortController();

  async function read(signal: AbortSignal): Promise<void> {
    let held: Held<State> | null = null;
    for await (const frame of await open(signal)) {
      const next: Held<State> | 'gap' = applyFrame(held, frame);
      if (next === 'gap') return;
      held = next;
      store.setState({ state: next.state, at: next.at, receivedAt: Date.now(), trouble: null });
    }
  }

  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      await isUp(connection, stopped.signal);
      if (stopped.signal.aborted) return;
      const { generation } = connection.getState();
      const cut = new AbortController();
      const unsubscribe = connection.subscribe((now) => {
        if (!now.up || now.generation !== generation) cut.abort();
      });
      try {
        await read(AbortSignal.any([stopped.signal, cut.signal]));
      } catch (error) {
        if (!stopped.signal.aborted && !cut.signal.aborted) {
          store.setState({ trouble: error instanceof Error ? error.message : String(error) });
          await pause(REREAD_MS);
        }
      } finally {
        unsubscribe();
      }
    }
  }
  void follow();
  return { store, stop: () => stopped.abort() };
}

function isUp(connection: StoreApi<ConnectionState>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (connection.getState().up || signal.aborted) return resolve();
    const done = (): void => {
      unsubscribe();
      resolve();
    };
    const unsubscribe = connection.subscribe((state) => (state.up ? done() : undefined));
    signal.addEventListener('abort', done, { once: true });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
