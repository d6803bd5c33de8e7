import { lookup } from 'node:dns';
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { Json } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { fill } from '../../parse/fill.ts';
import { fillArguments } from '../compile.ts';
import { type End, OUTPUT_MAX } from './end.ts';

/** A request as a step asks for it, its values filled in. */
export type Request = { method: string; url: URL; headers: Record<string, string>; body: string | null };

type Lookup = (name: string) => string | undefined;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Methods that change nothing, and may be sent again after a crash. */
const SAFE = ['GET', 'HEAD'];

/** Addresses of this machine and of its own network segment: nobody reaches them by a name that leads there. */
const OWN = new BlockList();
OWN.addSubnet('127.0.0.0', 8, 'ipv4');
OWN.addSubnet('169.254.0.0', 16, 'ipv4');
OWN.addSubnet('0.0.0.0', 8, 'ipv4');
OWN.addAddress('::1', 'ipv6');
OWN.addAddress('::', 'ipv6');
OWN.addSubnet('fe80::', 10, 'ipv6');
OWN.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');
OWN.addSubnet('::ffff:169.254.0.0', 112, 'ipv6');

/** Whether an address is one of this machine, or of its own segment. */
export function isOwnAddress(address: string): boolean {
  return OWN.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

const NOT_SENT = { kept: 'Nothing was sent.', todo: 'Do it by hand, or skip the step with a reason.' };

/**
 * The request of a step. Values go into the address percent-encoded, into a JSON body as strings, and never into the text
 * of another body.
 */
export function compileRequest(args: Record<string, string>, body: string | null, find: Lookup): Result<Request> {
  const { url: address = '', headers: listed = '', ...others } = args;
  const filled = fillArguments(others, find);
  if (!filled.ok) return filled;
  const method = (filled.value.method ?? '').toUpperCase();
  if (!METHODS.includes(method)) {
    return fail('BAD_INPUT', `${method.slice(0, 20)} is none of ${METHODS.join(', ')}.`, NOT_SENT);
  }
  const encoded = fill(address, (name) => {
    const value = find(name);
    return value === undefined ? undefined : encodeURIComponent(value);
  });
  if (encoded.missing.length > 0) {
    return fail(
      'BAD_INPUT',
      `Nothing stands for ${encoded.missing.map((name) => `\${${name}}`).join(', ')}.`,
      NOT_SENT,
    );
  }
  if (hasDotSegment(encoded.text)) return fail('BAD_INPUT', 'A value would lead to another path.', NOT_SENT);
  const url = URL.canParse(encoded.text) ? new URL(encoded.text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username + url.password !== '') {
    return fail('BAD_INPUT', `${encoded.text.slice(0, 120)} is no address that can be called.`, NOT_SENT);
  }
  const headers = headersOf(listed, find);
  if (headers === undefined) {
    const todo = 'Write headers="accept: application/json; x-team: ops".';
    return fail('BAD_INPUT', 'The headers cannot be read.', { ...NOT_SENT, todo });
  }
  return succeed({ method, url, headers, body: body === null ? null : fillBody(body, find) });
}

/** Whether an address holds a segment that stands for the folder itself or the one above, as values may. */
function hasDotSegment(address: string): boolean {
  const path = address.replace(/^[a-z]+:\/\/[^/?#]*/i, '').split(/[?#]/)[0] ?? '';
  return path.split(/[/\\]/).some((part) => /^(?:\.|%2e){1,2}$/i.test(part));
}

/** Headers that say where a request goes and where it ends: they are ours. */
const OURS = /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|idempotency-key)$/;

/** The file's own list; values are filled into each, so that none of them adds a header. */
function headersOf(text: string, find: Lookup): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const line of text.split(';').filter((part) => part.trim() !== '')) {
    const match = /^\s*([A-Za-z0-9-]+)\s*:(.*)$/.exec(line);
    if (match?.[1] === undefined) return undefined;
    const name = match[1].toLowerCase();
    const { text: value, missing } = fill((match[2] ?? '').trim(), find);
    if (missing.length > 0 || OURS.test(name) || /[^\t\x20-\x7e]/.test(value)) return undefined;
    headers[name] = value;
  }
  return headers;
}

/** A JSON body is filled string by string; any other goes out as it stands. */
function fillBody(body: string, find: Lookup): string {
  try {
    return JSON.stringify(walk(JSON.parse(body) as Json, find));
  } catch {
    return body;
  }
}

function walk(value: Json, find: Lookup): Json {
  if (typeof value === 'string') return fill(value, find).text;
  if (Array.isArray(value)) return value.map((each) => walk(each, find));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, find)]));
  return value;
}

/** Whether a request may be sent again without knowing what became of the first. */
export function isSafe({ method }: Pick<Request, 'method'>): boolean {
  return SAFE.includes(method);
}

/** Refused unless settings name its host, with its port where that is not the usual one. */
export function refusedHost(url: URL, hosts: readonly string[]): Result<null> {
  if (hosts.some((host) => isNamed(url, host))) return succeed(null);
  return fail('BAD_INPUT', `${url.host} is no host that runbooks may call.`, {
    kept: 'Nothing was sent.',
    todo: `Put it under runbooks: { http: [${url.host}] } in nightdesk.yaml, or do the step by hand.`,
    where: 'runbooks.http',
  });
}

function isNamed(url: URL, host: string): boolean {
  const name = host.toLowerCase();
  return name === url.host || (name === url.hostname && url.port === '');
}

/** Whether settings name an address of this machine itself, so that one is meant. */
function meansOwn({ hostname }: URL): boolean {
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}

/**
 * Sends a request once; redirects are not followed, and a name that leads to this machine is refused.
 * @param key told to the other side as Idempotency-Key
 */
export function sendRequest(
  { method, url, headers, body }: Request,
  { key, timeoutMs, signal }: { key: string; timeoutMs: number; signal: AbortSignal },
): Promise<End> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const options: RequestOptions = {
    method,
    signal: limit,
    agent: false,
    headers: {
      ...contentHeaders(body),
      'user-agent': 'Nightdesk runbook',
      ...headers,
      'idempotency-key': key,
      ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
    },
    ...(meansOwn(url) ? {} : { lookup: lookupOthers }),
  };
  return new Promise((resolve) => {
    const failed = (error: Error): void => {
      const why = signal.aborted
        ? 'it was cancelled'
        : limit.aborted
          ? `no answer within ${timeoutMs} ms`
          : error.message;
      resolve({ ok: false, seen: `${method} ${url.host}: ${why}`, output: null, value: null });
    };
    const sent = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, (answer) => {
      read(answer).then((text) => resolve(endOf(method, url, answer, text)), failed);
    });
    sent.once('error', failed);
    sent.end(body ?? undefined);
  });
}

/** Finds the address of a name, but for one of this machine or its segment. */
const lookupOthers: NonNullable<RequestOptions['lookup']> = (name, options, callback) => {
  lookup(name, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 4);
    const own = addresses.find(({ address }) => isOwnAddress(address));
    if (own) return callback(new Error(`${name} leads to ${own.address}, this machine itself`), '', 4);
    const [first] = addresses;
    if (options.all === true) return callback(null, addresses);
    return callback(null, first?.address ?? '', first?.family ?? 4);
  });
};

async function read(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    // The rest is nobody's: the connection is closed.
    if (size > 4 * OUTPUT_MAX) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

function endOf(method: string, url: URL, answer: IncomingMessage, text: string): End {
  const status = answer.statusCode ?? 0;
  const moved = status >= 300 && status < 400 ? ', a redirect that is not followed' : '';
  const seen = `${method} ${url.host} answered ${status}${moved}`;
  return { ok: status >= 200 && status < 300, seen, output: `${seen}\n\n${text}`.trim(), value: text.trim() };
}

/** What a body is told to be, unless the step says otherwise. */
export function contentHeaders(body: string | null): Record<string, string> {
  return body === null ? {} : { 'content-type': isJson(body) ? 'application/json' : 'text/plain; charset=utf-8' };
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}
