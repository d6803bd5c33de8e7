import { createContext, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Collections, Frame } from '#contract/stream.ts';
import type { Client, ConnectionState, LinkConnection } from './connection.ts';
import { refusalText } from './refusal.ts';
import { followTopic, type TopicState } from './topic.ts';

const DeskContext = createContext<LinkConnection | null>(null);
/** Gives the views below it their connection. */
export const DeskProvider = DeskContext.Provider;

function useDesk(): LinkConnection {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error('a view outside DeskProvider');
  return desk;
}

/** How the connection to the desk stands. */
export function useConnection(): ConnectionState {
  return useStore(useDesk().store);
}

const UNREAD = createStore<TopicState<never>>(() => ({ state: null, at: 0, receivedAt: 0, trouble: null }));

/**
 * Follows a topic for as long as the view is there.
 *
 * @param key what is followed; another key follows anew
 */
export function useTopic<State extends Collections>(
  key: string,
  open: (client: Client, signal: AbortSignal) => Promise<AsyncIterable<Frame<State>>>,
): TopicState<State> {
  const { client, store: connection } = useDesk();
  const latest = useRef(open);
  latest.current = open;
  const [followed, setFollowed] = useState<{ key: string; store: typeof UNREAD } | null>(null);
  useEffect(() => {
    const topic = followTopic<State>(connection, (signal) => latest.current(client, signal));
    setFollowed({ key, store: topic.store as unknown as typeof UNREAD });
    return topic.stop;
  }, [key, client, connection]);
  return useStore(followed?.key === key ? followed.store : UNREAD) as TopicState<State>;
}

/** The answer of a read that is no topic. */
export type Answer<T> = { value: T | null; trouble: string | null; refresh(): void };

/** How often a list is read again while it is on screen, ms. */
const LIST_EVERY_MS = 2_000;

/** Reads once a connection and then every two seconds, as long as the page is seen. */
export function useAnswer<T>(key: string, read: (client: Client) => Promise<T>): Answer<T> {
  const { client } = useDesk();
  const { up, generation } = useConnection();
  const latest = useRef(read);
  latest.current = read;
  const [answer, setAnswer] = useState<{ key: string; value: T | null; trouble: string | null }>({
    key,
    value: null,
    trouble: null,
  });
  const [asked, setAsked] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection, or a refresh asked for, reads again
  useEffect(() => {
    if (!up) return;
    let gone = false;
    async function load(): Promise<void> {
      if (document.hidden) return;
      try {
        const value = await latest.current(client);
        if (!gone) setAnswer({ key, value, trouble: null });
      } catch (error) {
        if (!gone) setAnswer((before) => ({ key, value: before.value, trouble: refusalText(error) }));
      }
    }
    void load();
    const timer = setInterval(() => void load(), LIST_EVERY_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [key, client, up, generation, asked]);

  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  const current = answer.key === key ? answer : { value: null, trouble: null };
  return { value: current.value, trouble: current.trouble, refresh };
}

/** A way to call the desk from a button: one call at a time, the last refusal kept for the screen. */
export function useCall(): {
  busy: boolean;
  refusal: string | null;
  run<T>(call: (client: Client) => Promise<T>): Promise<T | undefined>;
} {
  const { client } = useDesk();
  const [state, setState] = useState<{ busy: boolean; refusal: string | null }>({ busy: false, refusal: null });
  const busy = useRef(false);

  async function run<T>(call: (client: Client) => Promise<T>): Promise<T | undefined> {
    if (busy.current) return undefined;
    busy.current = true;
    setState({ busy: true, refusal: null });
    try {
      const value = await call(client);
      setState({ busy: false, refusal: null });
      return value;
    } catch (error) {
      setState({ busy: false, refusal: refusalText(error) });
      return undefined;
    } finally {
      busy.current = false;
    }
  }
  return { ...state, run };
}

/** The client itself, for reads that a view starts by itself. */
export function useClient(): Client {
  return useDesk().client;
}
