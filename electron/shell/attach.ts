import { userInfo } from 'node:os';
import { MessageChannelMain } from 'electron';
import { WebSocket } from 'ws';
import { ERRORS, type Failure } from '#contract/errors.ts';
import { logLine } from '../serve/log.ts';
import { type DeskSource, waitBefore } from './desk-source.ts';

/** Where a desk answers, and the token that it knows. */
export type DeskAddress = { address: string; token: string };

/** A desk that runs elsewhere. */
export type AttachOptions = {
  /** Where it is now: one that was started again may answer at another port. Undefined while none runs. */
  locate(): DeskAddress | undefined;
  /** It was lost, or answers again. */
  onState(up: boolean): void;
  /** It does not let us in: trying again would not help. */
  onRefused(failure: Failure): void;
};

/** Connects windows to a desk that already runs: each has a WebSocket of its own, bridged to its port frame by frame. */
export function attachDesk(options: AttachOptions): DeskSource {
  const ends = new Set<() => void>();
  return {
    connect(give) {
      let losses = 0;
      let socket: WebSocket | undefined;
      let retry: NodeJS.Timeout | undefined;
      const end = () => {
        ends.delete(end);
        clearTimeout(retry);
        socket?.removeAllListeners('close');
        socket?.terminate();
      };
      const lost = () => {
        losses += 1;
        options.onState(false);
        retry = setTimeout(open, waitBefore(losses));
      };
      const open = () => {
        const desk = options.locate();
        if (!desk) return lost();
        const { port1, port2 } = new MessageChannelMain();
        const peer = openSocket(desk);
        socket = peer;
        peer.on('open', () => {
          losses = 0;
          options.onState(true);
          give(port2);
        });
        peer.on('message', (frame) => port1.postMessage(frame.toString()));
        let refusal: number | undefined;
        peer.on('unexpected-response', (_request, response) => {
          refusal = response.statusCode;
          peer.terminate();
        });
        peer.on('error', (error) => {
          const reason = refusal === undefined ? error.message : `it answered ${refusal}`;
          logLine(`the desk at ${desk.address} cannot be reached: ${reason}`);
        });
        peer.on('close', () => {
          port1.close();
          const failure = refusalOf(desk.address, refusal);
          if (failure === undefined) return lost();
          for (const each of ends) each();
          options.onRefused(failure);
        });
        port1.on('message', ({ data }) => {
          if (peer.readyState === peer.OPEN) peer.send(String(data));
        });
        port1.start();
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

function openSocket({ address, token }: DeskAddress): WebSocket {
  const url = new URL('/rpc', address);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const user = userInfo().username;
  const headers = { authorization: `Bearer ${token}`, 'nightdesk-user': user, 'nightdesk-via': 'console' };
  return new WebSocket(url, { headers });
}

/** Why a desk lets nobody in with this token; undefined for a status that may pass. */
function refusalOf(address: string, status: number | undefined): Failure | undefined {
  const rest = {
    kept: 'That desk goes on; nothing was changed.',
    todo: 'Put the token in desk.json of its data folder into NIGHTDESK_TOKEN and start again.',
    where: 'NIGHTDESK_TOKEN',
  };
  switch (status) {
    case ERRORS.UNAUTHORIZED.status:
      return { code: 'UNAUTHORIZED', message: `The desk at ${address} does not know this token.`, ...rest };
    case ERRORS.FORBIDDEN.status:
      return { code: 'FORBIDDEN', message: `The desk at ${address} takes this token for sending only.`, ...rest };
    default:
      return undefined;
  }
}
