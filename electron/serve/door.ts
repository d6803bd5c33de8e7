import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Actor } from '#contract/basic.ts';
import { actorSchema } from '#contract/basic.ts';
import { personOf, type Secrets, sameSecret } from './secret.ts';

/*
 * Who may come in: which Host and Origin a request may name, and whose call it is. Pure: headers in, verdict out.
 */

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether a host is this machine itself, unreachable from others. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host) || host === '::1';
}

/** What the door knows of the desk. */
export type Door = {
  secrets: Secrets;
  /** The address listened on. */
  host: string;
  port: number;
  /** The machine's own name, accepted in Host when others may reach the desk. */
  machine: string;
  /** Who runs the desk: the person behind a session. */
  user: string;
  /** The name of the ingest token with this text. */
  senderOf(token: string): string | undefined;
};

/** The session cookie; cookies are shared by all ports of a host, so its name holds the port. */
export function cookieName(door: Door): string {
  return `nightdesk-${door.port}`;
}

/**
 * Whether the Host header names this desk. A page of another site may point its own name at 127.0.0.1 (DNS rebinding);
 * it cannot make the browser send a loopback name or an IP address as Host.
 */
export function knowsHost(door: Door, header: string | undefined): boolean {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:]+)(?::(\d+))?$/.exec(header ?? '');
  if (!match?.[1]) return false;
  const name = match[1].toLowerCase();
  if (Number(match[2] ?? 80) !== door.port) return false;
  if (LOOPBACK.has(name)) return true;
  if (isLoopback(door.host)) return false;
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === door.machine.toLowerCase();
}

/** Whether the page behind a request is the console itself. Command lines send no Origin. */
export function isOwnOrigin(headers: IncomingHttpHeaders): boolean {
  return headers.origin === `http://${headers.host}`;
}

function bearerOf(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** The program behind a request with an ingest token: it is called by the token's name, whatever it says of itself. */
export function ingestActor(door: Door, headers: IncomingHttpHeaders): Actor | undefined {
  const name = door.senderOf(bearerOf(headers) ?? '');
  return name === undefined ? undefined : { name, via: 'http' };
}

/**
 * Who is behind a request with this desk's bearer token; undefined when it has none or a wrong one.
 *
 * @param via what it came through when it does not say
 */
export function bearerActor(door: Door, headers: IncomingHttpHeaders, via: 'cli' | 'http' = 'cli'): Actor | undefined {
  if (!sameSecret(bearerOf(headers), door.secrets.bearer)) return undefined;
  const claimed = actorSchema.safeParse({
    name: headers['nightdesk-user'] ?? door.user,
    via: headers['nightdesk-via'] ?? via,
  });
  return claimed.success ? claimed.data : { name: door.user, via };
}

/** Who is behind the session cookie of this desk; undefined when a request carries none. */
export function sessionPerson(door: Door, headers: IncomingHttpHeaders): string | undefined {
  const prefix = `${cookieName(door)}=`;
  const pair = (headers.cookie ?? '').split(/;\s*/).find((candidate) => candidate.startsWith(prefix));
  const value = pair?.slice(prefix.length);
  return sameSecret(value, door.secrets.session) ? door.user : personOf(door.secrets, value);
}

/** Whether a request carries the session cookie of this desk. */
export function hasSession(door: Door, headers: IncomingHttpHeaders): boolean {
  return sessionPerson(door, headers) !== undefined;
}

/**
 * Who opens a WebSocket: a command line or attached desktop by bearer token, or the console by its cookie. A cookie counts
 * only from the console's own pages: browsers send it along for others, too.
 */
export function socketActor(door: Door, headers: IncomingHttpHeaders): Actor | undefined {
  if (headers.origin === undefined) return bearerActor(door, headers);
  const person = sessionPerson(door, headers);
  return isOwnOrigin(headers) && person !== undefined ? { name: person, via: 'console' } : undefined;
}

/** Who opens it for certain: the token is its owner's, whatever name comes with it. */
export function socketPerson(door: Door, headers: IncomingHttpHeaders): string {
  return headers.origin === undefined ? door.user : (sessionPerson(door, headers) ?? door.user);
}
