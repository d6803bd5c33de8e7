import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { StandardRPCLinkOptions } from '@orpc/client/standard';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { RequestValidationPlugin, ResponseValidationPlugin } from '@orpc/contract/plugins';
import { contract } from '#contract/index.ts';

/** One connection to a desk; when it closes, another is opened. */
export type Transport = { link: SocketLink<object> | PortLink<object>; closed: Promise<void>; close(): void };

/** Opens the next connection. @throws when the desk does not answer */
export type Connect = (signal: AbortSignal) => Promise<Transport>;

/** What the preload posts into the page, with a port to the desk. */
const PORT_MESSAGE = 'nightdesk:port';

/** Both sides validate: what leaves here fits the contract, and what arrives is checked before it reaches a store. */
function checks(): Pick<StandardRPCLinkOptions<object>, 'plugins'> {
  return { plugins: [new RequestValidationPlugin(contract), new ResponseValidationPlugin(contract)] };
}

/** Connects over a WebSocket to the desk that served the page; the browser sends the session cookie along. */
export function connectSocket(origin: string): Connect {
  return (signal) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/rpc`);
      let opened = false;
      const closed = new Promise<void>((done) => {
        socket.addEventListener('close', () => {
          done();
          if (!opened) reject(new Error('the desk does not answer, or does not know this browser'));
        });
      });
      socket.addEventListener('open', () => {
        opened = true;
        resolve({ link: new SocketLink({ websocket: socket, ...checks() }), closed, close: () => socket.close() });
      });
      signal.addEventListener('abort', () => socket.close(), { once: true });
    });
}

/**
 * Connects over the MessagePorts that the desktop posts into the page: one when the page is up, and a new one whenever
 * the desk was restarted. A port does not tell of a desk that died; the next port does.
 */
export function connectPorts(page: Window): Connect {
  let waiting: MessagePort | null = null;
  let taken: (() => void) | null = null;
  let arrived: (() => void) | null = null;
  page.addEventListener('message', (event: MessageEvent<unknown>) => {
    const [port] = event.ports;
    if (event.source !== page || event.data !== PORT_MESSAGE || port === undefined) return;
    waiting?.close();
    waiting = port;
    taken?.();
    arrived?.();
  });
  return async () => {
    if (waiting === null) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
      arrived = null;
    }
    const port = waiting as MessagePort | null;
    if (port === null) throw new Error('the desk gave no port');
    waiting = null;
    const closed = new Promise<void>((resolve) => {
      taken = resolve;
      port.addEventListener('close', () => resolve());
    });
    port.start();
    return { link: new PortLink({ port, ...checks() }), closed, close: () => port.close() };
  };
}
