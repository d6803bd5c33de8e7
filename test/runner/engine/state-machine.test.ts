import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hasEnded, type TaskState } from '#contract/task.ts';
import type { DeskMessage, Ending, WorkerMessage } from '../../../electron/runner/engine/protocol.ts';
import type { WorkerProcess } from '../../../electron/runner/fork.ts';
import { ada } from '../../support/people.ts';
import { startRunner, type TestRunner } from '../../support/runner.ts';

/*
 * The real desk over workers that are played: each op ends an attempt, kills a worker, cancels, requeues, lets time pass or
 * starts the desk anew, and after each the tasks stand as a model of a few lines says.
 */

const ATTEMPTS = 3;
const SLEEP_MS = 5_000;
const PASSES_MS = 10_000;

type Start = Extract<DeskMessage, { t: 'start' }>;
type Played = {
  kind: string;
  held: Map<number, Start>;
  taken: number;
  send(message: WorkerMessage): void;
  die(): void;
};
/** `active`: queued, running, or waiting for a worker apart. */
type Stands =
  | 'active'
  | 'retrying'
  | 'sleeping'
  | 'asking'
  | Extract<TaskState, 'succeeded' | 'failed' | 'cancelled' | 'in-doubt'>;
type Model = { stands: Stands; failures: number; cancelling: boolean };

let workers: Played[] = [];
/** A message that a dead worker could have sent. */
let stale: WorkerMessage | undefined;

function play(env: Record<string, string>): WorkerProcess {
  const exits: ((reason: string) => void)[] = [];
  let hears: (message: unknown) => void = () => {};
  const beats = setInterval(() => hears([{ t: 'beat' }]), 2_000);
  const played: Played = {
    kind: env.NIGHTDESK_WORKER ?? '',
    held: new Map(),
    taken: 0,
    send: (message) => hears([message]),
    die() {
      clearInterval(beats);
      workers = workers.filter((each) => each !== played);
      for (const exit of exits.splice(0)) exit('SIGKILL');
    },
  };
  workers.push(played);
  setImmediate(() => hears([{ t: 'ready' }]));
  return {
    pid: undefined,
    send(batch) {
      for (const message of batch as DeskMessage[]) {
        if (message.t !== 'start') continue;
        expect(workers.some((worker) => worker.held.has(message.task))).toBe(false);
        played.held.set(message.task, message);
        played.taken += 1;
      }
    },
    onMessage(listener) {
      hears = listener;
    },
    onExit: (listener) => void exits.push(listener),
    kill: () => setImmediate(played.die),
  };
}

const ENDINGS = {
  succeeded: { kind: 'succeeded', output: '"done"', unverified: false },
  transient: { kind: 'failed', error: { class: 'transient', message: '529' }, output: null },
  refused: { kind: 'failed', error: { class: 'bad-request', message: 'no' }, output: null },
  paused: { kind: 'paused' },
  doubt: { kind: 'in-doubt', reason: 'sent?' },
  sleeps: {
    kind: 'until',
    sleeping: [{ step: 'nap', fingerprint: 'nap', ms: SLEEP_MS, leftMs: SLEEP_MS }],
    children: [],
  },
  asks: {
    kind: 'parked',
    question: {
      step: 'ask',
      kind: 'ask',
      text: 'Go on?',
      choices: [{ value: 'yes', label: 'yes', takes: 'nothing' }],
      details: null,
      deadlineMs: null,
      onDeadline: null,
      fingerprint: null,
    },
  },
} satisfies Record<string, Ending>;

/** What the model says of an attempt that ended so. */
function ended(model: Model, how: keyof typeof ENDINGS): Model {
  const over = (stands: Stands, failures = model.failures): Model => ({ stands, failures, cancelling: false });
  if (how === 'succeeded') return over('succeeded');
  if (how === 'doubt') return over('in-doubt');
  if (model.cancelling) return over('cancelled');
  switch (how) {
    case 'transient':
      return over(model.failures + 1 < ATTEMPTS ? 'retrying' : 'failed', model.failures + 1);
    case 'refused':
      return over('failed', model.failures + 1);
    case 'paused':
      return over('active');
    case 'sleeps':
      return over('sleeping');
    case 'asks':
      return over('asking');
  }
}

type Op =
  | { do: 'submit' | 'pass' | 'restart' | 'stale' }
  | { do: 'end'; which: number; how: keyof typeof ENDINGS }
  | { do: 'die' | 'cancel' | 'requeue' | 'retry'; which: number };

const which = fc.nat(1_000);
const ops: fc.Arbitrary<Op[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom<Op>({ do: 'submit' }) },
    { weight: 3, arbitrary: fc.constantFrom<Op>({ do: 'pass' }, { do: 'stale' }) },
    { weight: 1, arbitrary: fc.constantFrom<Op>({ do: 'restart' }) },
    {
      weight: 9,
      arbitrary: fc.record({
        do: fc.constant('end' as const),
        which,
        how: fc.constantFrom(...(Object.keys(ENDINGS) as (keyof typeof ENDINGS)[])),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constantFrom('die', 'cancel', 'requeue', 'retry'), which }),
    },
  ),
  { minLength: 20, maxLength: 60 },
);

function pick<T>(all: readonly T[], n: number): T | undefined {
  return all[n % Math.max(1, all.length)];
}

async function settled(): Promise<void> {
  for (let i = 0; i < 12; i += 1) await turn();
}

function standsAs(desk: TestRunner, id: number): Stands {
  const task = desk.runner.taskRow(`t${id}`);
  if (!task) throw new Error(`t${id} is lost`);
  const { state, waitKind } = task;
  if (state === 'succeeded' || state === 'failed' || state === 'cancelled' || state === 'in-doubt') return state;
  if (state === 'retrying') return 'retrying';
  if (waitKind === 'sleep') return 'sleeping';
  if (waitKind === 'person') return 'asking';
  return 'active';
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('a task is always where the model says, whatever happens, and ends when nothing more does', async () => {
  await fc.assert(
    fc.asyncProperty(ops, async (list) => {
      workers = [];
      stale = undefined;
      const models = new Map<number, Model>();
      const open = (folder?: string) => startRunner(folder, 2, { forkWorker: play, slots: 3 });
      let desk = open();
      let key = 0;

      function change(id: number, model: Model): void {
        models.set(id, model);
      }
      function modelOf(id: number): Model {
        const model = models.get(id);
        if (!model) throw new Error(`nobody submitted t${id}`);
        return model;
      }
      function end(worker: Played, start: Start, how: keyof typeof ENDINGS): void {
        const message: WorkerMessage = {
          t: 'end',
          task: start.task,
          epoch: start.epoch,
          ending: ENDINGS[how],
          replayed: [],
        };
        worker.held.delete(start.task);
        worker.send(message);
        stale = message;
        change(start.task, ended(modelOf(start.task), how));
      }

      async function perform(op: Op): Promise<void> {
        switch (op.do) {
          case 'submit': {
            const [made] = await desk.runner.submit([{ agent: 'moody', input: null }]);
            if (made?.ok) change(Number(made.value.id.slice(1)), { stands: 'active', failures: 0, cancelling: false });
            return;
          }
          case 'pass':
            await vi.advanceTimersByTimeAsync(PASSES_MS);
            for (const [id, model] of models) {
              // Its grace is over: its worker was killed, which is held against nobody else.
              if (model.cancelling) change(id, { ...model, stands: 'cancelled', cancelling: false });
              if (model.stands === 'retrying' || model.stands === 'sleeping')
                change(id, { ...model, stands: 'active' });
            }
            return;
          case 'restart':
            await desk.close();
            workers = [];
            desk = open(desk.folder);
            for (const [id, model] of models) {
              if (model.cancelling) change(id, { ...model, stands: 'cancelled', cancelling: false });
            }
            return;
          case 'stale':
            if (stale) pick(workers, 0)?.send(stale);
            return;
          case 'end': {
            const worker = pick(
              workers.filter((each) => each.held.size > 0),
              op.which,
            );
            const start = worker && pick([...worker.held.values()], op.which);
            if (worker && start) end(worker, start, op.how);
            return;
          }
          case 'die': {
            const worker = pick(
              workers.filter((each) => each.held.size > 0),
              op.which,
            );
            if (!worker) return;
            for (const id of worker.held.keys()) {
              const model = modelOf(id);
              if (model.cancelling) change(id, { ...model, stands: 'cancelled', cancelling: false });
              else if (worker.kind !== 'shared' && worker.taken === 1) change(id, { ...model, stands: 'failed' });
            }
            worker.die();
            return;
          }
          case 'cancel': {
            const id = pick([...models.keys()], op.which);
            if (id === undefined) return;
            const model = modelOf(id);
            const runs = desk.runner.taskRow(`t${id}`)?.state === 'running';
            key += 1;
            await desk.runner.execute({ verb: 'cancel', task: `t${id}` }, `cancel-it-${key}`, ada);
            if (runs) change(id, { ...model, cancelling: true });
            else if (!isOver(model.stands)) change(id, { ...model, stands: 'cancelled' });
            return;
          }
          case 'requeue': {
            const dead = [...models].filter(([, { stands }]) => stands === 'failed' || stands === 'cancelled');
            const id = pick(dead, op.which)?.[0];
            if (id === undefined) return;
            key += 1;
            await desk.runner.execute({ verb: 'requeue', tasks: [`t${id}`] }, `requeue-it-${key}`, ada);
            change(id, { stands: 'active', failures: 0, cancelling: false });
            return;
          }
          case 'retry': {
            const id = pick([...models.keys()], op.which);
            if (id === undefined) return;
            const model = modelOf(id);
            const { ok } = await desk.runner.retryNow(`t${id}`, ada);
            expect(ok).toBe(model.stands === 'retrying');
            if (ok) change(id, { ...model, stands: 'active' });
          }
        }
      }

      function check(): void {
        const found = new Map([...models.keys()].map((id) => [id, standsAs(desk, id)]));
        expect(found).toEqual(new Map([...models].map(([id, { stands }]) => [id, stands])));
        const states = [...models.keys()].map((id) => desk.runner.taskRow(`t${id}`)?.state);
        const held = workers.flatMap((worker) => [...worker.held.keys()]);
        expect(states.filter((state) => state === 'running')).toHaveLength(held.length);
        const lane = desk.runner.snapshot().lanes.find((each) => each.agent === 'moody');
        expect(lane).toMatchObject({
          running: held.length,
          queued: states.filter((state) => state === 'queued').length,
          waiting: states.filter((state) => state === 'waiting' || state === 'retrying').length,
        });
      }

      try {
        await settled();
        for (const op of list) {
          await perform(op);
          await settled();
          check();
        }
        for (let round = 0; round < 100 && [...models.values()].some(({ stands }) => goesOn(stands)); round += 1) {
          for (const worker of [...workers]) {
            for (const start of [...worker.held.values()]) end(worker, start, 'succeeded');
          }
          await perform({ do: 'pass' });
          await settled();
          check();
        }
        expect([...models.values()].filter(({ stands }) => goesOn(stands))).toEqual([]);
      } finally {
        await desk.close();
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

function isOver(stands: Stands): boolean {
  return (
    stands !== 'retrying' && stands !== 'active' && stands !== 'sleeping' && stands !== 'asking' && hasEnded(stands)
  );
}
function goesOn(stands: Stands): boolean {
  return stands === 'active' || stands === 'retrying' || stands === 'sleeping';
}
