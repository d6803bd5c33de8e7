import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import type { AgentSummary } from '#contract/agent.ts';
import { contract } from '#contract/index.ts';
import type { Question } from '#contract/question.ts';
import type { About } from '#contract/rpc.ts';
import type { TaskDetail } from '#contract/task.ts';
import type { Connection, Desk } from '../../electron/desk/types.ts';
import { openSecrets } from '../../electron/serve/secret.ts';
import { type Served, serveDesk } from '../../electron/serve/serve.ts';

/** What the desk of these tests was asked. */
export type Asked = {
  submitted: unknown[];
  waited: unknown[];
  answered: unknown[];
  /** Makes some calls fail as a bug would. */
  broken: boolean;
  actors: Connection['actor'][] /** Frames that the subscription yielded. */;
  frames: number;
};

/**
 * A desk with the few calls that tests of hosts need: `about`, a subscription that sends as fast as its peer drains,
 * and the calls of the HTTP intake, whose refusals are chosen by names and ids.
 */
export function tinyDesk(): Desk & { asked: Asked } {
  const os = implement(contract).$context<Connection>();
  const asked: Asked = { submitted: [], waited: [], answered: [], broken: false, actors: [], frames: 0 };
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
    agents: {
      list: os.agents.list.handler(() => {
        if (asked.broken) throw new Error('a bug of the desk');
        return [AGENT];
      }),
    },
    tasks: {
      submit: os.tasks.submit.handler(({ input, context, errors }) => {
        const later = { ...CALM, retryAfterMs: 2_500 };
        if (input.agent === 'nobody') throw errors.NOT_FOUND({ message: 'There is no agent "nobody".', data: CALM });
        if (input.agent === 'full') throw errors.QUEUE_FULL({ message: 'The queue of "full" is full.', data: later });
        if (input.agent === 'paused' && input.ifPaused === 'refuse') {
          throw errors.NOT_ACCEPTING({ message: '"paused" takes no new tasks.', data: later });
        }
        if (input.agent === 'disk') throw errors.STORAGE({ message: 'The disk is full.', data: CALM });
        if (input.agent === 'broken') throw new Error('a bug of the desk');
        if (input.agent === 'picky') {
          throw errors.BAD_INPUT({ message: 'The input does not fit.', data: { ...CALM, where: 'input.total' } });
        }
        if (input.key === 'other') throw errors.CONFLICT({ message: 'The key stands for another input.', data: CALM });
        asked.submitted.push(input);
        asked.actors.push(context.actor);
        return { id: input.agent === 'slow' ? 't2' : 't1', duplicate: false };
      }),
      submitMany: os.tasks.submitMany.handler(({ input, errors }) => {
        if (input.agent === 'nobody') throw errors.NOT_FOUND({ message: 'There is no agent "nobody".', data: CALM });
        if (input.agent === 'broken') throw new Error('a bug of the desk');
        asked.submitted.push(input);
        return {
          accepted: 1,
          duplicates: 1,
          refused: 1,
          results: [
            { outcome: 'accepted' as const, id: 't1' },
            { outcome: 'duplicate' as const, id: 't1' },
            {
              outcome: 'refused' as const,
              code: 'QUEUE_FULL' as const,
              message: 'The queue is full.',
              ...CALM,
              where: 'tasks.2',
              retryAfterMs: 4_200,
            },
          ],
        };
      }),
      get: os.tasks.get.handler(({ input, errors }) => {
        if (input.id === 't404') throw errors.NOT_FOUND({ message: 'There is no task t404.', data: CALM });
        if (asked.broken) throw new Error('a bug of the desk');
        return { ...TASK, id: input.id };
      }),
      wait: os.tasks.wait.handler(({ input }) => {
        asked.waited.push(input);
        return input.id === 't1' ? { ...TASK, state: 'succeeded' as const, endedAt: 9 } : { ...TASK, id: input.id };
      }),
      resolve: os.tasks.resolve.handler(({ input, errors }) => {
        if (asked.broken) throw new Error('a bug of the desk');
        if (input.id === 't404') throw errors.NOT_FOUND({ message: 'There is no task t404.', data: CALM });
        if (input.id === 't9') throw errors.CONFLICT({ message: 't9 is not in doubt.', data: CALM });
        if (input.id === 't507') throw errors.STORAGE({ message: 'The disk is full.', data: CALM });
        return { ...TASK, id: input.id };
      }),
    },
    health: {
      ingest: os.health.ingest.handler(({ input, errors }) => {
        if (asked.broken) throw new Error('a bug of the desk');
        if (JSON.stringify(input.events).includes('"disk"')) {
          throw errors.STORAGE({ message: 'The disk is full.', data: CALM });
        }
        return { accepted: input.events.length, duplicates: 0, late: 0, refused: 0, refusals: [] };
      }),
    },
    questions: {
      list: os.questions.list.handler(() => {
        if (asked.broken) throw new Error('a bug of the desk');
        return [QUESTION];
      }),
      answer: os.questions.answer.handler(({ input, context, errors }) => {
        if (asked.broken) throw new Error('a bug of the desk');
        if (input.id === 404) throw errors.NOT_FOUND({ message: 'There is no question 404.', data: CALM });
        if (input.id === 9) throw errors.CONFLICT({ message: 'Question 9 is closed.', data: CALM });
        if (input.id === 507) throw errors.STORAGE({ message: 'The disk is full.', data: CALM });
        asked.answered.push(input);
        asked.actors.push(context.actor);
        return { ...QUESTION, answer: input.answer, answeredAt: 7, by: context.actor };
      }),
    },
    alertRoutes: {
      receive: os.alertRoutes.receive.handler(({ input, errors }) => {
        if (asked.broken) throw new Error('a bug of the desk');
        if (input.receiver === 'disk') throw errors.STORAGE({ message: 'The disk is full.', data: CALM });
        return { taken: input.alerts.length, ignored: 0 };
      }),
    },
    actions: {
      execute: os.actions.execute.handler(({ input, errors }) => {
        const { action, key } = input;
        if (action.verb !== 'cancel' || action.task === 't9') {
          throw errors.CONFLICT({ message: 't9 is not in flight.', data: CALM });
        }
        if (action.task === 't507') throw errors.STORAGE({ message: 'The disk is full.', data: CALM });
        return { key, action, acceptedAt: 5, repeated: false };
      }),
    },
  };
  const senderOf = (token: string) => (token === SENDER.token ? SENDER.name : undefined);
  return { router, about: () => about, senderOf, tell() {}, close: () => Promise.resolve(), asked };
}

/** The ingest token that it knows. */
export const SENDER = { name: 'crew', token: 'nightdesk-ingest-of-crew' };

const AGENT: AgentSummary = {
  name: 'invoice-triage',
  description: 'Checks invoices.',
  team: null,
  runtime: 'embedded',
  route: ['rehearsal/invoice'],
  tools: [],
  concurrency: 4,
  attempts: 5,
  timeoutMs: 120_000,
  deadlineMs: 86_400_000,
  expectEveryMs: null,
  schedule: null,
  nextStartAt: null,
  budgetDailyUsd: null,
  objective: { success: 0.99, p95Ms: null, windowMs: 2_592_000_000, failure: ['failed', 'incorrect'] },
  sample: { rate: 0.02, minimum: 3, most: 20, objective: 0.95, judge: null },
  intake: 'open',
  definition: 'hash',
  file: '/agents/invoice-triage.md',
  problems: [],
};

const TASK: TaskDetail = {
  id: 't1',
  agent: 'invoice-triage',
  key: null,
  state: 'queued',
  waitKind: null,
  reason: null,
  priority: 0,
  acceptedAt: 1,
  runAt: null,
  startedAt: null,
  endedAt: null,
  attempts: 0,
  costUsd: 0,
  tokensIn: 0,
  tokensOut: 0,
  marks: [],
  model: null,
  input: { invoice: 'a.pdf' },
  output: null,
  error: null,
  definition: 'hash',
  origin: null,
  offspring: [],
  limits: { attempts: 5, timeoutMs: 120_000, costUsd: null },
  doubts: [],
  attemptList: [],
  steps: [],
};

const QUESTION: Question = {
  id: 1,
  task: 't1',
  agent: 'invoice-triage',
  step: 'is it right',
  kind: 'ask',
  text: 'Is it right?',
  choices: [{ value: 'yes', label: 'Yes', takes: 'nothing' }],
  details: { total: 120 },
  askedAt: 5,
  deadline: null,
  onDeadline: null,
  answeredAt: null,
  answer: null,
  by: null,
  rehearsal: true,
};

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
