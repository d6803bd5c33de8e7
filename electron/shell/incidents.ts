import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { ResponseValidationPlugin } from '@orpc/contract/plugins';
import type { MessagePortMain } from 'electron';
import { type Contract, contract } from '#contract/index.ts';
import { logLine } from '../serve/log.ts';
import type { DeskSource } from './desk-source.ts';

/** An open incident, as a notification and the tray show it. */
export type OpenIncident = { id: number; title: string; acknowledged: boolean };

/** The alert was there before: a glance every few seconds is soon enough for a notification. */
const GLANCE_MS = 3_000;

/**
 * Tells of the open incidents whenever they change, for the tray and for notifications. It asks the desk as a window
 * does, wherever that runs.
 */
export function watchIncidents(source: DeskSource, tell: (open: OpenIncident[]) => void): void {
  let told = '[]';

  async function glance(client: ContractRouterClient<Contract>): Promise<void> {
    const incidents = await client.incidents.list({ open: true });
    const open = incidents.map(({ id, title, state }) => ({ id, title, acknowledged: state !== 'open' }));
    const text = JSON.stringify(open);
    if (text !== told) tell(open);
    told = text;
  }

  source.connect((port) => {
    const client = clientOn(port);
    const timer = setInterval(() => {
      glance(client).catch((error: Error) => logLine(`the open incidents cannot be read: ${error.message}`));
    }, GLANCE_MS);
    port.on('close', () => clearInterval(timer));
    port.start();
  });
}

function clientOn(port: MessagePortMain): ContractRouterClient<Contract> {
  const like = {
    postMessage: (frame: unknown) => port.postMessage(frame),
    on: (event: string, listener: (event?: { data: unknown }) => void) =>
      event === 'message' ? port.on('message', listener) : port.on('close', () => listener()),
  };
  return createORPCClient(new RPCLink({ port: like, plugins: [new ResponseValidationPlugin(contract)] }));
}
