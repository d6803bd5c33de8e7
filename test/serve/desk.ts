import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import { contract } from '#contract/index.ts';
import type { About } from '#contract/rpc.ts';
import type { Connection, Desk } from '../../electron/desk/types.ts';
import { openSecrets } from '../../electron/serve/secret.ts';
import { type Served, serveDesk } from '../../electron/serve/serve.ts';

/** What the desk of these tests was asked. */
export type Asked = {
  submitted: unknown[];
  actors: Connection['actor'][] /** Frames that the subscription yielded. */;
  frames: number;
};

/**
 * A desk with the few calls that tests of hosts need: `about`, a subscription that sends as fast as its peer drains,
 * submit (agent `full` has a full queue) and get.
 */
export function tinyDesk(): Desk & { asked: Asked } {
  const os = implement(contract).$context<Connection>();
  const asked: Asked = { submitted: [], actors: [], frames: 0 };
  const about: About = {
    version: '0.0.0',
    dataFolder: '/nowhere',
    rehearsal: true,
    startedAt: 1,
    desk: 'tiny',
    user: 'sam',
    host: 'serve',
  };
  const router = {
    about: os.about.handler(({ context }) => {
      asked.actors.push(context.actor);
      return about;
    }),
    board: {
      watch: os.board.watch.handler(async function* ({ context }) {
        for (let seq = 1; ; seq += 1) {
          await context.drained();
          asked.frames = seq;
          yield {
            kind: 'patch' as const,
            seq,
            at: seq,
            changes: { agents: { set: {}, remove: ['x'.repeat(64 * 1024)] } },
          };
        }
      }),
    },
    tasks: {
      submit: os.tasks.submit.handler(({ input, errors }) => {
        if (input.agent === 'nobody') throw errors.NOT_FOUND({ message: 'There is no agent "nobody".', data: CALM });
        if (input.agent === 'full') throw errors.QUEUE_FULL({ message: 'The queue of "full" is full.', data: CALM });
        if (input.key === 'other') throw errors.CONFLICT({ message: 'The key stands for another input.', data: CALM });
        asked.submitted.push(input);
        return { id: 't1', duplicate: false };
      }),
    },
  };
  return { router, about: () => about, close: () => Promise.resolve(), asked };
}

const CALM = { kept: 'Nothing was queued.', todo: 'Look at the agents.' };

/** A folder of its own for a test. */
export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'nightdesk-serve-'));
}

/** Serves a tiny desk on a free port. */
export async function serveTiny(
  rendererFolder = scratchFolder(),
): Promise<Served & { asked: Asked; bearer: string; log: string[] }> {
  const desk = tinyDesk();
  const secrets = openSecrets(scratchFolder());
  const log: string[] = [];
  const served = await serveDesk(desk, {
    host: '127.0.0.1',
    port: 0,
    allowRemote: false,
    rendererFolder,
    secrets,
    log: (line) => log.push(line),
  });
  if (!served.ok) throw new Error(served.error.message);
  return { ...served.value, asked: desk.asked, bearer: secrets.bearer, log };
}
