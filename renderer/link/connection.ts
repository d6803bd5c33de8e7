import { type ClientLink, createORPCClient, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createStore } from 'zustand/vanilla';
import { ERRORS } from '#contract/errors.ts';
import type { Contract } from '#contract/index.ts';
import type { Connect, Transport } from './transport.ts';

/** Waits between attempts to reach the desk, ms: quick at first, and never so long that a person gives up on it. */
const RETRY_MS = [100, 250, 500, 1_000, 2_000] as const;

/** How the connection stands. `generation` counts connections: what was subscribed over an older one is gone. */
export type ConnectionState = { up: boolean; since: number; attempts: number; generation: number };

/** The contract as a typed client. */
export type Client = ContractRouterClient<Contract>;

/**
 * Keeps one connection to the desk open, and calls over whichever is open. A call without a connection is refused at
 * once with UNREACHABLE: a console must not promise what it cannot do.
 */
export function createConnection(connect: Connect) {
  const store = createStore<ConnectionState>(() => ({ up: false, since: Date.now(), attempts: 0, generation: 0 }));
  const ended = new AbortController();
  let transport: Transport | null = null;

  const link: ClientLink<object> = {
    async call(path, input, options) {
      if (transport === null) throw unreachable();
      const { generation } = store.getState();
      try {
        return await transport.link.call(path, input, options);
      } catch (error) {
        // A call cut off in flight fails with the transport's own words; those of the contract say what to do.
        if (!(error instanceof ORPCError) && generation !== store.getState().generation) throw unreachable();
        throw error;
      }
    },
  };

  async function keep(): Promise<void> {
    while (!ended.signal.aborted) {
      try {
        transport = await connect(ended.signal);
        store.setState((before) => ({
          up: true,
          since: Date.now(),
          attempts: 0,
          generation: before.generation + 1,
        }));
        await transport.closed;
      } catch {
        // Said on screen by `up` and `attempts`.
      }
      transport = null;
      store.setState((before) => ({
        ...before,
        up: false,
        since: before.up ? Date.now() : before.since,
        attempts: before.attempts + 1,
      }));
      await pause(RETRY_MS[Math.min(store.getState().attempts, RETRY_MS.length) - 1] ?? RETRY_MS[0]);
    }
  }
  void keep();

  return {
    client: createORPCClient(link) as Client,
    store,
    close(): void {
      ended.abort();
      transport?.close();
    },
  };
}
export type LinkConnection = ReturnType<typeof createConnection>;

function unreachable(): ORPCError<'UNREACHABLE', { kept: string; todo: string }> {
  const { status, message } = ERRORS.UNREACHABLE;
  return new ORPCError('UNREACHABLE', {
    status,
    message,
    data: {
      kept: 'Nothing was changed by this call.',
      todo: 'Wait until the console is connected again, then repeat it.',
    },
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
