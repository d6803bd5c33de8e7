import { userInfo } from 'node:os';
import { MessageChannelMain } from 'electron';
import { WebSocket } from 'ws';
import { logLine } from '../serve/log.ts';
import { type DeskSource, waitBefore } from './desk-source.ts';

/** A desk that runs elsewhere. */
export type AttachOptions = {
  address: string;
  token: string /** It was lost, or answers again. */;
  onState(up: boolean): void;
};

/** Connects windows to a desk that already runs: each has a WebSocket of its own, bridged to its port frame by frame. */
export function attachDesk(options: AttachOptions): DeskSource {
  const ends = new Set<() => void>();
  const url = new URL('/rpc', options.address);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const headers = {
    authorization: `Bearer ${options.token}`,
    'nightdesk-user': userInfo().username,
    'nightdesk-via': 'console',
  };
  return {
    connect(give) {
      let losses = 0;
      let socket: WebSocket | undefined;
      let retry: NodeJS.Timeout | undefined;
      const open = () => {
        const { port1, port2 } = new MessageChannelMain();
        const peer = new WebSocket(url, { headers });
        socket = peer;
        peer.on('open', () => {
          losses = 0;
          options.onState(true);
          give(port2);
        });
        peer.on('message', (frame) => port1.postMessage(frame.toString()));
        peer.on('error', (error) => logLine(`the desk at ${options.address} cannot be reached: ${error.message}`));
        peer.on('close', () => {
          port1.close();
          losses += 1;
          options.onState(false);
          retry = setTimeout(open, waitBefore(losses));
        });
        port1.on('message', ({ data }) => {
          if (peer.readyState === peer.OPEN) peer.send(String(data));
        });
        port1.start();
      };
      const end = () => {
        ends.delete(end);
        clearTimeout(retry);
        socket?.removeAllListeners('close');
        socket?.terminate();
      };
      ends.add(end);
      open();
      return end;
    },
    async close() {
      for (const end of ends) end();
    },
  };
}
