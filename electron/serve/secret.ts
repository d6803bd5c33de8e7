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
 * `desk.key`, start the desk again, and take the ingest tokens back (`nightdesk token remove`).
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

/** The cookie's value of a person who was invited by name. */
export function sessionOf({ session }: Secrets, person: string): string {
  const mark = createHmac('sha256', session).update(person).digest('base64url');
  return `${Buffer.from(person).toString('base64url')}.${mark}`;
}

/** Who was invited with a cookie's value; undefined where nobody was. */
export function personOf(secrets: Secrets, value: string | undefined): string | undefined {
  const person = Buffer.from(value?.split('.')[0] ?? '', 'base64url').toString();
  return person !== '' && sameSecret(value, sessionOf(secrets, person)) ? person : undefined;
}

/** One-time tokens: each lets one browser in, once. A person: who was invited by name; null for whoever runs the desk. */
export type Tickets = {
  issue(person: string | null): string;
  redeem(token: string): { person: string | null } | undefined;
};

/** An address that nobody opened is worth nothing after this, ms. */
const TICKET_MS = 24 * 3_600_000;

export function createTickets(now: () => number = Date.now): Tickets {
  const open = new Map<string, { person: string | null; until: number }>();
  return {
    issue(person) {
      const token = randomBytes(KEY_BYTES).toString('base64url');
      open.set(token, { person, until: now() + TICKET_MS });
      return token;
    },
    redeem(token) {
      const match = [...open].find(([candidate]) => sameSecret(token, candidate));
      if (match === undefined) return undefined;
      const [, { person, until }] = match;
      open.delete(match[0]);
      return now() < until ? { person } : undefined;
    },
  };
}
