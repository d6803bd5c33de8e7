import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bearerActor,
  type Door,
  hasSession,
  ingestActor,
  isOwnOrigin,
  knowsHost,
  socketActor,
} from '../../electron/serve/door.ts';
import { createTickets, sessionOf } from '../../electron/serve/secret.ts';

const door: Door = {
  secrets: { bearer: 'the-bearer', session: 'the-session' },
  host: '127.0.0.1',
  port: 4711,
  machine: 'desk-1',
  user: 'sam',
  senderOf: (token) => (token === 'for-sending' ? 'crew' : undefined),
};
const open: Door = { ...door, host: '0.0.0.0' };
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

describe('the Host that a request may name', () => {
  it('is a loopback name with the desk’s port', () => {
    for (const name of [...LOOPBACK, 'LOCALHOST']) {
      expect(knowsHost(door, `${name}:4711`)).toBe(true);
      expect(knowsHost(door, `${name}:4712`)).toBe(false);
      expect(knowsHost(door, name)).toBe(false);
    }
    expect(knowsHost(door, undefined)).toBe(false);
  });

  it('is never another name, however it is written: a page may point its own name at this machine', () => {
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
      fc.string(),
      fc.constantFrom(...LOOPBACK).chain((name) => fc.domain().map((domain) => `${name}.${domain}`)),
      fc.constantFrom(...LOOPBACK).chain((name) => fc.string({ minLength: 1 }).map((more) => `${more}@${name}`)),
    );
    fc.assert(
      fc.property(
        host.filter((name) => !LOOPBACK.includes(name.toLowerCase())),
        (name) => !knowsHost(door, `${name}:4711`),
      ),
    );
  });

  it('may be an address or the machine’s name where others are let in, and still no other name', () => {
    expect(knowsHost(open, '10.0.0.7:4711')).toBe(true);
    expect(knowsHost(open, '[fd00::7]:4711')).toBe(true);
    expect(knowsHost(open, 'desk-1:4711')).toBe(true);
    fc.assert(fc.property(fc.domain(), (name) => !knowsHost(open, `${name}:4711`)));
  });
});

describe('who sends', () => {
  it('is named by the token, whatever the request says, and is nobody else', () => {
    const headers = { authorization: 'Bearer for-sending', 'nightdesk-user': 'ada', 'nightdesk-via': 'console' };
    expect(ingestActor(door, headers)).toEqual({ name: 'crew', via: 'http' });
    expect(bearerActor(door, headers)).toBeUndefined();
    expect(socketActor(door, headers)).toBeUndefined();
    expect(ingestActor(door, { authorization: 'Bearer the-bearer' })).toBeUndefined();
    expect(ingestActor(door, {})).toBeUndefined();
  });
});

describe('who is behind a request', () => {
  const session = { host: '127.0.0.1:4711', cookie: 'nightdesk-4711=the-session' };

  it('needs the very token or cookie', () => {
    const not = (right: string) => fc.string().filter((text) => text !== right && text.trim() !== right);
    fc.assert(
      fc.property(not('the-bearer'), (token) => bearerActor(door, { authorization: `Bearer ${token}` }) === undefined),
    );
    fc.assert(
      fc.property(
        not('the-session').filter((value) => !value.includes(';')),
        (value) => !hasSession(door, { cookie: `nightdesk-4711=${value}` }),
      ),
    );
    expect(bearerActor(door, { authorization: 'Bearer the-bearer' })).toEqual({ name: 'sam', via: 'cli' });
    expect(hasSession(door, { cookie: `other=1; ${session.cookie}` })).toBe(true);
    expect(hasSession(door, { cookie: 'nightdesk-4712=the-session' })).toBe(false);
  });

  it('by a cookie is let in from the desk’s own pages only, whatever origin asks', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom('null', 'https://127.0.0.1:4711')), (origin) => {
        return origin === 'http://127.0.0.1:4711' || socketActor(door, { ...session, origin }) === undefined;
      }),
    );
    expect(socketActor(door, { ...session, origin: 'http://127.0.0.1:4711' })).toEqual({ name: 'sam', via: 'console' });
    expect(socketActor(door, session)).toBeUndefined();
  });

  it('is that of a person who was invited by name, and of nobody who makes one up', () => {
    const of = (value: string) => ({
      cookie: `nightdesk-4711=${value}`,
      origin: 'http://127.0.0.1:4711',
      host: '127.0.0.1:4711',
    });
    const ben = sessionOf(door.secrets, 'ben');
    expect(socketActor(door, of(ben))).toEqual({ name: 'ben', via: 'console' });
    const forged = `${Buffer.from('ana').toString('base64url')}.${ben.split('.')[1]}`;
    expect(socketActor(door, of(forged))).toBeUndefined();
    expect(isOwnOrigin({ host: 'localhost:4711', origin: 'http://127.0.0.1:4711' })).toBe(false);
  });

  it('by a token is not let in from a page: a page has no business with it', () => {
    const headers = { host: '127.0.0.1:4711', authorization: 'Bearer the-bearer', origin: 'https://evil.example' };
    expect(socketActor(door, headers)).toBeUndefined();
  });
});

describe('a one-time token', () => {
  it('is taken once, in any order, and nothing else is', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { maxLength: 20 }), fc.string(), (tries, guess) => {
        const tickets = createTickets();
        const issued = Array.from({ length: 5 }, () => tickets.issue(null));
        expect(tickets.redeem(guess)).toBeUndefined();
        const used = new Set<number>();
        for (const each of tries) {
          expect(tickets.redeem(issued[each] ?? '') !== undefined).toBe(!used.has(each));
          used.add(each);
        }
      }),
    );
  });
});
