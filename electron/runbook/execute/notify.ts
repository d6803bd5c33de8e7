import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, succeed } from '#contract/errors.ts';
import type { Notify } from '../types.ts';

/**
 * Sends messages to a log: one JSON line each in notify.log of the data folder, on the disk before it answers. A key that
 * is there already is not written again.
 */
export function createNotify(dataFolder: string, now: () => number): Notify {
  const file = join(dataFolder, 'notify.log');
  return async (channel, text, key) => {
    try {
      if (await holdsKey(file, key)) return succeed(`${channel}: was in notify.log already`);
      const handle = await open(file, 'a', 0o600);
      try {
        await handle.write(`${JSON.stringify({ at: now(), channel, text, key })}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      return succeed(`${channel}: written to notify.log`);
    } catch (error) {
      return fail('STORAGE', `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
        kept: 'The message was not sent.',
        todo: 'Tell them by hand, and free the disk.',
        where: file,
      });
    }
  };
}

async function holdsKey(file: string, key: string): Promise<boolean> {
  try {
    return (await readFile(file, 'utf8')).includes(`"key":${JSON.stringify(key)}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
