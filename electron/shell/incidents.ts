import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { ResponseValidationPlugin } from '@orpc/contract/plugins';
import type { MessagePortMain } from 'electron';
import { type Contract, contract } from '#contract/index.ts';
import { logLine } from '../serve/log.ts';
import type { DeskSource } from './desk-source.ts';

/** An open incident, as the tray counts it. */
export type OpenIncident = { id: number; title: string; acknowledged: boolean };

/** A glance every few seconds is soon enough for a count. */
const GLANCE_MS = 3_000;

/**
 * Tells of the open incidents whenever they change, for the tray. It asks the desk as a window does, wherever that runs.
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

/** A client of the desk at the other end of a port. */
export function clientOn(port: MessagePortMain): ContractRouterClient<Contract> {
  const like = {
    postMessage: (frame: unknown) => port.postMessage(frame),
    on: (event: string, listener: (event?: { data: unknown }) => void) =>
      event === 'message' ? port.on('message', listener) : port.on('close', () => listener()),
  };
  return createORPCClient(new RPCLink({ port: like, plugins: [new ResponseValidationPlugin(contract)] }));
}
