import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { RPCHandler } from '@orpc/server/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Actor } from '#contract/basic.ts';
import type { Connection, Desk } from '../desk/types.ts';
import { frameTrouble } from './frame.ts';

/** A subscription waits while more than this many bytes lie unsent: the next frame holds the newest state anyway. */
const DRAINED_BYTES = 256 * 1024;
const DRAIN_POLL_MS = 25;
/** Nothing larger is sent than a batch of 10,000 tasks. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;
/** A peer that does not answer a ping for this long is gone (a laptop that sleeps). */
const PING_MS = 20_000;

export type Sockets = {
  /** Takes over an upgrade request that the door let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, from: { actor: Actor; person: string }): void;
  close(): void;
};

/** Speaks the contract over WebSockets. A peer that sends nonsense is told in one line and closed; the desk goes on. */
export function createSockets(desk: Desk, log: (message: string) => void): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  const handler = new RPCHandler<Connection>(desk.router);
  const silent = new WeakSet<WebSocket>();

  const pings = setInterval(() => {
    for (const peer of server.clients) {
      if (silent.has(peer)) peer.terminate();
      silent.add(peer);
      peer.ping();
    }
  }, PING_MS);
  pings.unref();

  function serve(peer: WebSocket, { actor, person }: { actor: Actor; person: string }): void {
    peer.on('pong', () => silent.delete(peer));
    peer.on('error', (error) => log(`a connection of ${actor.name} (${actor.via}) broke: ${error.message}`));
    const checked: Pick<WebSocket, 'addEventListener' | 'send'> = {
      send: peer.send.bind(peer),
      addEventListener: ((type: string, listener: (event: unknown) => void) => {
        if (type !== 'message') return peer.addEventListener(type as 'close', listener);
        peer.on('message', (data, binary) => {
          if (peer.readyState !== peer.OPEN) return;
          const frame = binary ? data : data.toString();
          const trouble = frameTrouble(frame);
          if (trouble === undefined) return listener({ data: frame });
          log(`a connection of ${actor.name} (${actor.via}) was closed: ${trouble}`);
          peer.close(1007, trouble);
        });
      }) as WebSocket['addEventListener'],
    };
    void handler.upgrade(checked, { context: { actor, person, drained: () => drained(peer) } });
  }

  return {
    accept(request, socket, head, from) {
      server.handleUpgrade(request, socket, head, (peer) => serve(peer, from));
    },
    close() {
      clearInterval(pings);
      for (const peer of server.clients) peer.close(1001, 'the desk stops');
      server.close();
      const late = setTimeout(() => {
        for (const peer of server.clients) peer.terminate();
      }, 500);
      late.unref();
    },
  };
}

/** A peer that has gone takes nothing: its subscription gets a turn of the event loop to hear of its end, and no more work. */
async function drained(peer: WebSocket): Promise<void> {
  while (peer.readyState === peer.OPEN && peer.bufferedAmount > DRAINED_BYTES) await wait(DRAIN_POLL_MS);
  if (peer.readyState !== peer.OPEN) await wait(DRAIN_POLL_MS);
}
