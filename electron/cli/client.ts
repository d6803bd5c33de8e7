import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WebSocket } from 'ws';
import type { Contract } from '#contract/index.ts';
import { type DeskFile, findDesk } from '../serve/claim.ts';
import { defaultDataFolder } from '../serve/home.ts';
import { refuse } from './refusal.ts';
import { rehearsalDataFolder } from './rehearsal.ts';

/** The calls of the contract. */
export type Client = ContractRouterClient<Contract>;

/** A connection to the desk of a data folder. */
export type Connected = {
  client: Client;
  /** Where the desk answers. */
  address: string;
  isOpen(): boolean;
  close(): void;
};

/** The desk that runs on a data folder. @param dataFolder undefined looks in the default ones: real work, then rehearsal */
export function findDeskOn(dataFolder: string | undefined): DeskFile | undefined {
  return foldersFor(dataFolder)
    .map(findDesk)
    .find((desk) => desk !== undefined);
}

function foldersFor(dataFolder: string | undefined): string[] {
  return dataFolder === undefined ? [defaultDataFolder(), rehearsalDataFolder()] : [dataFolder];
}

/** The same, and a refusal where none runs. */
export function locateDesk(dataFolder: string | undefined): DeskFile {
  const found = findDeskOn(dataFolder);
  if (found !== undefined) return found;
  const folders = foldersFor(dataFolder);
  return refuse('UNREACHABLE', `No desk runs on ${folders.join(' or ')}.`, {
    kept: 'Nothing was changed.',
    todo:
      dataFolder === undefined
        ? 'Start one with nightdesk serve, or name the folder of the one that runs with --data.'
        : `Start one with nightdesk serve --data ${dataFolder}, or name another folder with --data.`,
    where: '--data',
  });
}

/** Connects to a desk with the token that its folder holds. */
export async function connectTo(desk: DeskFile): Promise<Connected> {
  const socket = new WebSocket(`${desk.address.replace(/^http/, 'ws')}/rpc`, {
    headers: { authorization: `Bearer ${desk.token}`, 'nightdesk-via': 'cli' },
  });
  await opened(socket, desk);
  // A connection that breaks fails the calls that wait on it; they tell.
  socket.on('error', () => {});
  return {
    client: createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })),
    address: desk.address,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.close(),
  };
}

function opened(socket: WebSocket, desk: DeskFile): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuseWith = (code: 'UNREACHABLE' | 'UNAUTHORIZED', message: string) => {
      try {
        refuse(code, message, {
          kept: 'Nothing was changed.',
          todo: `See whether process ${desk.pid} is well; starting the desk again mends desk.json.`,
          where: desk.address,
        });
      } catch (refusal) {
        reject(refusal);
      }
    };
    socket.once('open', () => resolve());
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      if (response.statusCode === 401) refuseWith('UNAUTHORIZED', 'The desk does not take the token in desk.json.');
      else refuseWith('UNREACHABLE', `The desk answers with status ${response.statusCode}.`);
    });
    socket.once('error', (error) => refuseWith('UNREACHABLE', `The desk does not answer: ${error.message}.`));
  });
}
