import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { Duplex } from 'node:stream';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { ERRORS, type Failure, fail, type Result, succeed } from '#contract/errors.ts';
import type { Desk } from '../desk/types.ts';
import {
  bearerActor,
  cookieName,
  type Door,
  hasSession,
  ingestActor,
  isLoopback,
  knowsHost,
  socketActor,
  socketPerson,
} from './door.ts';
import { readConsoleFile } from './files.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { addIntake, onlySends, sendFailure, takesIngestToken, UNAUTHORIZED } from './intake.ts';
import { createTickets, type Secrets, sessionOf, type Tickets } from './secret.ts';
import { createSockets } from './socket.ts';

const MAX_BODY_BYTES = 1024 * 1024;

export type ServeOptions = {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Lets a host be listened on that other machines reach. */
  allowRemote: boolean;
  /** out/renderer. */
  rendererFolder: string;
  secrets: Secrets;
  log(message: string): void;
};

/** A desk that answers over HTTP and WebSocket. */
export type Served = {
  /** `http://127.0.0.1:PORT`, without a token. */
  address: string;
  /** A fresh address that lets one browser in, once. */
  invite(): string;
  close(): Promise<void>;
};

/**
 * Serves a desk to browsers (the console, by session cookie), command lines and attached desktops (by bearer token) and
 * other programs (what /v1/openapi.json lists, by bearer token; those that only send, by an ingest token).
 *
 * @returns BAD_INPUT for a host that other machines reach when that was not allowed, or an address that is taken
 */
export async function serveDesk(desk: Desk, options: ServeOptions): Promise<Result<Served>> {
  if (!options.allowRemote && !isLoopback(options.host)) {
    return fail('BAD_INPUT', `${options.host} can be reached from other machines.`, {
      kept: 'Nothing was started.',
      todo: 'Serve on 127.0.0.1, or add --allow-remote and put TLS in front of it.',
      where: '--host',
    });
  }
  const door: Door = {
    secrets: options.secrets,
    host: options.host,
    port: options.port,
    machine: hostname(),
    user: desk.about().user,
    senderOf: desk.senderOf,
  };
  const tickets = createTickets();
  const sockets = createSockets(desk, options.log);
  const http = fastify({ bodyLimit: MAX_BODY_BYTES, exposeHeadRoutes: false, forceCloseConnections: true });
  const address = () => `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${door.port}`;
  const invite = (person: string | null = null) => `${address()}/?token=${tickets.issue(person)}`;

  addChecks(http, door, options.log);
  addIntake(
    http,
    desk,
    (headers, ingest) => (ingest ? ingestActor(door, headers) : undefined) ?? bearerActor(door, headers, 'http'),
  );
  http.get('/healthz', () => ({ ok: true }));
  http.post<{ Querystring: { person?: string | string[] } }>('/v1/invitations', (request, reply) => {
    const by = bearerActor(door, request.headers);
    if (!by) return sendFailure(reply, UNAUTHORIZED);
    const { person: named } = request.query;
    const person = typeof named === 'string' ? named.replaceAll(/\p{C}/gu, '').trim().slice(0, 80) : '';
    desk.tell({ by, what: 'access.invited', subject: person === '' ? door.user : person });
    return reply.code(201).send({ address: invite(person === '' || person === door.user ? null : person) });
  });
  addConsole(http, door, options.rendererFolder, tickets.redeem);
  http.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refuseUpgrade(door, request);
    if (refusal) return refuse(socket, refusal);
    const sender = ingestActor(door, request.headers);
    if (sender) return refuse(socket, onlySends(sender.name));
    const actor = socketActor(door, request.headers);
    if (!actor) return refuse(socket, UNAUTHORIZED);
    sockets.accept(request, socket, head, { actor, person: socketPerson(door, request.headers) });
  });

  try {
    await http.listen({ host: options.host, port: options.port });
  } catch (error) {
    sockets.close();
    return fail('BAD_INPUT', `${options.host}:${options.port} cannot be listened on: ${(error as Error).message}`, {
      kept: 'Nothing was started.',
      todo: 'Give another port with --port, or none for a free one.',
      where: '--port',
    });
  }
  door.port = (http.server.address() as AddressInfo).port;
  return succeed({
    address: address(),
    invite,
    async close() {
      sockets.close();
      await http.close();
    },
  });
}

/** Host check, headers and errors of every answer. */
function addChecks(http: FastifyInstance, door: Door, log: (message: string) => void): void {
  http.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (!knowsHost(door, request.headers.host)) return sendFailure(reply, wrongHost(request.headers.host));
    if (takesIngestToken(request.routeOptions.url)) return;
    const sender = ingestActor(door, request.headers);
    if (sender) return sendFailure(reply, onlySends(sender.name));
  });
  http.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) {
      return reply.code(status === 400 ? ERRORS.BAD_INPUT.status : status).send({
        code: 'BAD_INPUT',
        message: `The request does not fit: ${error.message}.`,
        kept: 'Nothing was changed.',
        todo: 'Send a JSON body (Content-Type: application/json), of a size that GET /v1/openapi.json allows.',
        where: `${request.method} ${request.url.split('?')[0]}`,
      } satisfies Failure);
    }
    log(`${request.method} ${request.url.split('?')[0]} failed: ${error.stack ?? error.message}`);
    return reply.code(500).send({
      code: 'BUG',
      message: 'The desk made a mistake with this request.',
      kept: 'What was queued before is kept.',
      todo: 'Look at the log of the desk for the reason.',
    });
  });
  http.setNotFoundHandler((request, reply) =>
    sendFailure(reply, {
      code: 'NOT_FOUND',
      message: `There is no ${request.method} ${request.url.split('?')[0]}.`,
      kept: 'Nothing was changed.',
      todo: 'Use what GET /v1/openapi.json lists, GET /healthz or the console at /.',
    }),
  );
}

/** The console's files, for browsers with a session; the one-time token of an invitation begins one. */
function addConsole(http: FastifyInstance, door: Door, folder: string, redeem: Tickets['redeem']): void {
  http.get<{ Querystring: { token?: string } }>('/*', async (request, reply) => {
    const [asked = '/'] = request.url.split('?');
    // Two slashes would begin the address of another host.
    const path = asked.replace(/^[/\\]+/, '/');
    const { token } = request.query;
    if (typeof token === 'string') {
      const ticket = redeem(token);
      if (ticket !== undefined) {
        const session = ticket.person === null ? door.secrets.session : sessionOf(door.secrets, ticket.person);
        const value = `${cookieName(door)}=${session}`;
        return reply.header('set-cookie', `${value}; Path=/; HttpOnly; SameSite=Strict`).redirect(path, 303);
      }
      if (hasSession(door, request.headers)) return reply.redirect(path, 303);
    }
    if (!hasSession(door, request.headers)) {
      const used = typeof token === 'string' ? 'This address was used before: each lets one browser in, once.\n' : '';
      return reply
        .code(ERRORS.UNAUTHORIZED.status)
        .type('text/plain; charset=utf-8')
        .send(
          `${used}This desk wants to know you. Run "npm run nightdesk -- serve" on its data folder: it prints a fresh address.\n`,
        );
    }
    const file = await readConsoleFile(folder, path);
    if (!file) return reply.callNotFound();
    if (file.fixed) reply.header('cache-control', 'private, max-age=31536000, immutable');
    return reply.type(file.type).send(file.body);
  });
}

function refuseUpgrade(door: Door, request: IncomingMessage): Failure | undefined {
  if (!knowsHost(door, request.headers.host)) return wrongHost(request.headers.host);
  if (request.url?.split('?')[0] === '/rpc') return undefined;
  return {
    code: 'NOT_FOUND',
    message: 'There is no WebSocket here.',
    kept: 'Nothing was changed.',
    todo: 'Open the WebSocket at /rpc.',
  };
}

function refuse(socket: Duplex, failure: Failure): void {
  const body = JSON.stringify(failure);
  const { status } = ERRORS[failure.code];
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function wrongHost(host: string | undefined): Failure {
  return {
    code: 'UNAUTHORIZED',
    message: `This desk does not answer to the name ${JSON.stringify(host ?? '')}.`,
    kept: 'Nothing was changed.',
    todo: 'Use the address that the desk printed.',
    where: 'Host',
  };
}
