import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '#contract/index.ts';
import type { Port } from './port.ts';

/** A window's page: the built preload runs in it, and it speaks the contract over the port that the preload posts. */
export type Page = {
  address: string;
  status: number;
  headers: Record<string, string>;
  /** Ports that the page got, oldest first. */
  ports: Port[];
  /** What the page can reach of Electron and Node: names of globals beyond a browser's. */
  exposed: string[];
  client(): ContractRouterClient<Contract>;
  /** From main, as ipcRenderer gets it. */
  receive(channel: string, data: unknown, ports: Port[]): void;
};

/**
 * Loads a page: asks its protocol for it, runs the preload in a world of its own, then has the load event.
 *
 * @param send what ipcRenderer.send does
 */
export async function loadPage(
  address: string,
  preload: string,
  answer: Response,
  send: (channel: string) => void,
): Promise<Page> {
  const listeners = new Map<string, ((event: unknown, data: unknown) => void)[]>();
  const window = new EventTarget() as EventTarget & Record<string, unknown>;
  const ports: Port[] = [];
  window.location = { origin: new URL(address).origin.replace('null', address.split('/').slice(0, 3).join('/')) };
  window.postMessage = (data: unknown, origin: string, transfer: Port[]) => {
    if (origin !== (window.location as { origin: string }).origin) throw new Error(`posted to ${origin}`);
    if (data !== 'nightdesk:port') return;
    for (const port of transfer) {
      ports.push(port);
      port.start();
    }
  };
  const exposed: string[] = [];
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string) => exposed.push(name) },
    ipcRenderer: {
      send,
      on: (channel: string, listener: (event: unknown) => void) =>
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    },
  };
  const sandbox = {
    window,
    exports: {},
    // All that a sandboxed preload may require.
    require(name: string) {
      if (name === 'electron') return electron;
      throw new Error(`a sandboxed preload cannot require ${name}`);
    },
  };
  vm.runInNewContext(readFileSync(preload, 'utf8'), sandbox, { filename: preload });
  const page: Page = {
    address,
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    ports,
    exposed,
    client() {
      const port = ports.at(-1);
      if (!port) throw new Error('the page has no port yet');
      return createORPCClient(new RPCLink({ port: port as never }));
    },
    receive(channel, data, transfer) {
      for (const listener of listeners.get(channel) ?? []) listener({ ports: transfer }, data);
    },
  };
  setImmediate(() => window.dispatchEvent(new Event('load')));
  return page;
}
