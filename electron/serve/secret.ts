import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY_BYTES = 32;

/** The secrets of one data folder. They outlive the desk's process: a browser or command line that was let in stays in. */
export type Secrets = {
  /** For the command line and attached desktops, as `Authorization: Bearer`. */
  bearer: string;
  /** The value of a browser's session cookie. */
  session: string;
};

/**
 * Reads the data folder's key, making one at first use (readable by its owner only). To lock everyone out, delete
 * `desk.key` and start the desk again.
 */
export function openSecrets(dataFolder: string): Secrets {
  const file = join(dataFolder, 'desk.key');
  try {
    writeFileSync(file, randomBytes(KEY_BYTES).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = readFileSync(file, 'utf8').trim();
  const derive = (purpose: string) => createHmac('sha256', key).update(purpose).digest('base64url');
  return { bearer: derive('bearer'), session: derive('session') };
}

/** Whether two secrets are the same, in a time that does not tell how much of them is. */
export function sameSecret(given: string | undefined, right: string): boolean {
  if (given === undefined) return false;
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

/** One-time tokens: each lets one browser in, once. */
export type Tickets = { issue(): string; redeem(token: string): boolean };

export function createTickets(): Tickets {
  const open = new Set<string>();
  return {
    issue() {
      const token = randomBytes(KEY_BYTES).toString('base64url');
      open.add(token);
      return token;
    },
    redeem(token) {
      const match = [...open].find((candidate) => sameSecret(token, candidate));
      return match !== undefined && open.delete(match);
    },
  };
}
