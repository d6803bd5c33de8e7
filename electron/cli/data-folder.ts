import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { PendingEntry } from '../desk/offline.ts';
import { defaultDataFolder } from '../serve/home.ts';
import type { Cli } from './cli.ts';
import { findDeskOn } from './client.ts';

/** The folder that is meant: the one given, that of the desk that runs, else the default. */
export async function folderOf(cli: Cli): Promise<string> {
  const given = cli.dataFolder();
  if (given !== undefined) return resolve(given);
  if (findDeskOn(undefined) === undefined) return defaultDataFolder();
  const { client } = await cli.connect();
  return (await client.about()).dataFolder;
}

/** What a command did to the folder of a desk that does not run: its next start writes it into the audit log. */
export async function leaveForAudit(dataFolder: string, entry: Omit<PendingEntry, 'at' | 'by'>): Promise<void> {
  // Where no desk ever ran there is nothing to audit.
  if (!existsSync(join(dataFolder, 'nightdesk.db'))) return;
  const { addPending } = await import('../desk/offline.ts');
  addPending(dataFolder, { ...entry, at: Date.now(), by: { name: userInfo().username, via: 'cli' } });
}
