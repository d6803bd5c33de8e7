import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { z } from 'zod';

/** What a receiver does with a request instead of taking it. */
export type Fault =
  /** Answers so and does not take it. */
  | { status: number; headers?: Record<string, string>; body?: string }
  /** The connection goes before anything was taken. */
  | 'drop'
  /** It is taken, and the connection goes before the answer. */
  | 'take and drop'
  /** Never answers. */
  | 'hang';

export type Got = { path: string; headers: IncomingHttpHeaders; text: string; body: unknown };

/** A vendor's address, played. */
export type Receiver = {
  url: string;
  /** What was taken, oldest first: a vendor shows these, once for each id it knows. */
  taken: Got[];
  /** How many requests came, taken or not. */
  asked(): number;
  /** Bodies that do not fit the vendor's format. */
  misfits: string[];
  /** What becomes of the next requests, in order; after them all are taken. */
  fail(...faults: Fault[]): void;
  /** Calls back when a request has come, before it is answered; the answer waits for it. */
  onRequest(listener: (got: Got) => Promise<void> | void): void;
  close(): Promise<void>;
};

/** @param status of the vendor's good answer */
export async function startReceiver(format: z.ZodType, status: number, body = ''): Promise<Receiver> {
  const taken: Got[] = [];
  const misfits: string[] = [];
  const faults: Fault[] = [];
  let asked = 0;
  let listener: (got: Got) => Promise<void> | void = () => {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    asked += 1;
    const got = {
      path: request.url ?? '',
      headers: request.headers,
      text,
      body: text === '' ? null : JSON.parse(text),
    };
    const fits = format.safeParse(got.body);
    if (!fits.success) misfits.push(`${fits.error.message}: ${text}`);
    const fault = faults.shift();
    if (fault === undefined || fault === 'take and drop') taken.push(got);
    await listener(got);
    if (fault === 'hang') return;
    if (fault === 'drop' || fault === 'take and drop') {
      request.socket.destroy();
      return;
    }
    response.writeHead(fault?.status ?? status, fault?.headers ?? {}).end(fault?.body ?? body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    asked: () => asked,
    misfits,
    fail: (...more) => void faults.push(...more),
    onRequest(next) {
      listener = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export type Mailbox = {
  port: number;
  /** Mails as they came over the line, oldest first. */
  mails: { from: string; to: string[]; source: string }[];
  fail(...faults: ({ code: number } | 'take and drop')[]): void;
  onMail(listener: () => Promise<void> | void): void;
  close(): Promise<void>;
};

/** An SMTP server. @param login the only one it lets in; without it anybody */
export async function startMailbox(login?: { user: string; password: string }): Promise<Mailbox> {
  const mails: Mailbox['mails'] = [];
  const faults: ({ code: number } | 'take and drop')[] = [];
  const sockets = new Set<Socket>();
  let listener: () => Promise<void> | void = () => {};
  const server = new SMTPServer({
    authOptional: login === undefined,
    disabledCommands: login === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === login?.user && password === login?.password
        ? done(null, { user: username })
        : done(new Error('Invalid username or password')),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const fault = faults.shift();
        const { mailFrom, rcptTo } = session.envelope;
        if (fault === undefined || fault === 'take and drop') {
          mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            source: Buffer.concat(chunks).toString('utf8'),
          });
        }
        await listener();
        if (fault === 'take and drop') {
          for (const socket of sockets) socket.destroy();
          return;
        }
        if (fault === undefined) done();
        else done(Object.assign(new Error('not now'), { responseCode: fault.code }));
      });
    },
  });
  server.on('error', () => {});
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    fail: (...more) => void faults.push(...more),
    onMail(next) {
      listener = next;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
