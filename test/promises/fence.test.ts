import { afterEach, expect, it } from 'vitest';
import type { DeskMessage, WorkerMessage } from '../../electron/runner/engine/protocol.ts';
import type { WorkerProcess } from '../../electron/runner/fork.ts';
import { startRunner, type TestRunner } from '../support/runner.ts';
import { until } from '../support/until.ts';

type Played = { heard: DeskMessage[]; say(...messages: WorkerMessage[]): void; die(): void };
type Start = Extract<DeskMessage, { t: 'start' }>;

let desk: TestRunner | undefined;
let workers: Played[] = [];
afterEach(async () => {
  await desk?.close();
  workers = [];
});

/** A worker whose words the test puts in its mouth, also when the desk holds it for dead. */
function play(): WorkerProcess {
  const exits: ((reason: string) => void)[] = [];
  let hears: (message: unknown) => void = () => {};
  const played: Played = {
    heard: [],
    say: (...messages) => hears(messages),
    die() {
      for (const exit of exits.splice(0)) exit('SIGKILL');
    },
  };
  workers.push(played);
  setImmediate(() => hears([{ t: 'ready' }]));
  return {
    pid: undefined,
    send: (batch) => void played.heard.push(...(batch as DeskMessage[])),
    onMessage: (listener) => {
      hears = listener;
    },
    onExit: (listener) => void exits.push(listener),
    kill: () => played.die(),
  };
}

/** Waits until some worker was told to start the task for the nth time. */
function started(attempt: number): Promise<{ worker: Played; start: Start }> {
  return until(() => {
    for (const worker of workers) {
      const start = worker.heard.find((message) => message.t === 'start' && message.attempt === attempt);
      if (start?.t === 'start') return { worker, start };
    }
    return undefined;
  });
}

function result({ task, epoch, nextSeq }: Start, value: string): WorkerMessage[] {
  const entry = {
    seq: nextSeq,
    attempt: 1,
    name: 'double',
    kind: 'step',
    state: 'done',
    startedAt: 1,
    endedAt: 2,
    fingerprint: null,
    effectKey: null,
    request: null,
    result: JSON.stringify(value),
    error: null,
    call: null,
  } as const;
  return [
    { t: 'journal', task, epoch, ack: false, entry },
    {
      t: 'end',
      task,
      epoch,
      ending: { kind: 'succeeded', output: JSON.stringify(value), unverified: false },
      replayed: [],
    },
  ];
}

it('a worker that was given up for dead cannot write: its epoch is over, and it is told to stop', async () => {
  desk = startRunner(undefined, 1, { forkWorker: play });
  const id = await desk.submit('one-step', { n: 1 });
  const first = await started(1);
  first.worker.die();
  const second = await started(2);
  expect(second.start.epoch).toBeGreaterThan(first.start.epoch);

  first.worker.say(...result(first.start, 'of the dead'));
  // Nor can anybody else in the name of that attempt.
  second.worker.say(...result(first.start, 'of the dead'));
  await until(() =>
    second.worker.heard.some((message) => message.t === 'abort' && message.epoch === first.start.epoch),
  );
  const meanwhile = desk.runner.task(id);
  expect(meanwhile).toMatchObject({ ok: true, value: { state: 'running', steps: [], output: null } });

  second.worker.say(...result(second.start, 'of the living'));
  expect(await desk.end(id)).toMatchObject({ state: 'succeeded', output: 'of the living', attempts: 2 });
});
