import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditWrite } from '#contract/audit.ts';
import type { DeskMessage, JournalEntry, WorkerMessage } from '../../../electron/runner/engine/protocol.ts';
import type { ForkWorker } from '../../../electron/runner/fork.ts';
import { ada } from '../../support/people.ts';
import { MODEL_AGENTS, startRunner, type TestRunner } from '../../support/runner.ts';
import { until } from '../../support/until.ts';

/*
 * A task journals what it did and asks the gate in one message: it is answered once what came before is on the disk, and
 * once only. The desk is real, its workers are played.
 */

type Start = Extract<DeskMessage, { t: 'start' }>;
type Played = {
  /** Every message it got, each in the batch with which it came. */
  batches: DeskMessage[][];
  says(...messages: WorkerMessage[]): void;
  dies(): void;
};

let workers: Played[];
let refuses: boolean;
let desk: TestRunner;

const audit: AuditWrite = () => {
  if (refuses) throw new Error('the disk refuses');
};

const play: ForkWorker = () => {
  const exits: ((reason: string) => void)[] = [];
  let hears: (message: unknown) => void = () => {};
  const played: Played = {
    batches: [],
    says: (...messages) => hears(messages),
    dies() {
      workers = workers.filter((each) => each !== played);
      for (const exit of exits.splice(0)) exit('SIGKILL');
    },
  };
  workers.push(played);
  setImmediate(() => played.says({ t: 'ready' }));
  return {
    pid: undefined,
    send: (batch) => void played.batches.push(batch as DeskMessage[]),
    onMessage(listener) {
      hears = listener;
    },
    onExit: (listener) => void exits.push(listener),
    kill: () => setImmediate(played.dies),
  };
};

beforeEach(() => {
  workers = [];
  refuses = false;
  desk = startRunner(undefined, 1, { agentFolders: [MODEL_AGENTS], forkWorker: play, audit });
});
afterEach(async () => {
  refuses = false;
  await desk.close();
});

function isStart(message: DeskMessage): message is Start {
  return message.t === 'start';
}

/** The newest attempt of a task, and who holds it. */
function started(epoch: number): Promise<{ worker: Played; start: Start }> {
  return until(() => {
    for (const worker of workers) {
      const start = worker.batches.flat().find((message) => isStart(message) && message.epoch === epoch);
      if (start && isStart(start)) return { worker, start };
    }
    return undefined;
  });
}

function fence({ task, epoch }: Start) {
  return { task, epoch };
}

/** A finished model call at `first`. */
function call(start: Start, seq: number): WorkerMessage {
  const entry: JournalEntry = {
    seq,
    attempt: start.attempt,
    name: `model call ${seq}`,
    kind: 'model',
    state: 'done',
    startedAt: Date.now(),
    endedAt: Date.now(),
    fingerprint: null,
    effectKey: null,
    request: null,
    result: 'null',
    error: null,
    call: { provider: 'first', model: 'model-a', tokensIn: 1, tokensOut: 1, costUsd: 0, rehearsal: true },
  };
  return { t: 'journal', ...fence(start), entry, ack: true };
}

function question(start: Start): WorkerMessage {
  return { t: 'gate', ...fence(start), model: null, tokensIn: 10 };
}

function ends(start: Start): WorkerMessage {
  return {
    t: 'end',
    ...fence(start),
    ending: { kind: 'succeeded', output: '"done"', unverified: false },
    replayed: [],
  };
}

function passes({ batches }: Played): Extract<DeskMessage, { t: 'pass' }>[] {
  return batches.flat().filter((message) => message.t === 'pass');
}

function inFlight(): number | undefined {
  return desk.runner.snapshot().providers.find(({ name }) => name === 'first')?.inFlight;
}

function stored(id: string): number {
  const task = desk.runner.task(id);
  return task.ok ? task.value.steps.length : 0;
}

async function begun() {
  const id = await desk.submit('lone', null);
  return { id, ...(await started(1)) };
}

describe('a question at the gate', () => {
  it('with nothing before it is answered at once', async () => {
    const { worker, start } = await begun();
    worker.says(question(start));
    expect(passes(worker)).toMatchObject([{ verdict: { kind: 'go', provider: { name: 'first' } } }]);
  });

  it('after a call is answered in one message with its acknowledgement, when that is on the disk', async () => {
    const { id, worker, start } = await begun();
    worker.says(question(start));
    worker.says(call(start, start.nextSeq), question(start));
    expect(passes(worker)).toHaveLength(1);
    await until(() => passes(worker).length === 2);
    expect(worker.batches.at(-1)?.map(({ t }) => t)).toEqual(['ack', 'pass']);
    expect(stored(id)).toBe(1);
    // What the call before it held is given back before the next one is let through.
    expect(inFlight()).toBe(1);
  });

  it('is answered once, however often the commit of what came before it is tried', async () => {
    const { id, worker, start } = await begun();
    refuses = true;
    worker.says(call(start, start.nextSeq), question(start));
    // In the same commit: its piece is refused, and the whole batch with it.
    const paused = await desk.runner.execute({ verb: 'pause', agent: 'clerk' }, 'pause-clerk', ada);
    expect(paused.ok).toBe(false);
    await until(() => passes(worker).length > 0);
    worker.says(question(start));
    expect(passes(worker)).toHaveLength(2);
    expect(inFlight()).toBe(2);
    expect(stored(id)).toBe(1);
  });

  it('of an agent that is paused in the same commit is held', async () => {
    const { worker, start } = await begun();
    const paused = desk.runner.execute({ verb: 'pause', agent: 'lone' }, 'pause-lone', ada);
    worker.says(call(start, start.nextSeq), question(start));
    expect(await paused).toMatchObject({ ok: true });
    await until(() => passes(worker).length === 1);
    expect(passes(worker)).toMatchObject([{ verdict: { kind: 'hold' } }]);
  });

  it('of an attempt that ends in the same commit is not answered, and takes nothing', async () => {
    const { id, worker, start } = await begun();
    worker.says(call(start, start.nextSeq), question(start), ends(start));
    expect((await desk.end(id)).state).toBe('succeeded');
    expect(passes(worker)).toEqual([]);
    expect(inFlight()).toBe(0);
  });

  it('of an attempt that had ended is told to stop', async () => {
    const { id, worker, start } = await begun();
    worker.says(ends(start), question(start));
    await desk.end(id);
    await until(() => worker.batches.flat().some(({ t, ...rest }) => t === 'abort' && 'task' in rest));
    expect(passes(worker)).toEqual([]);
    expect(inFlight()).toBe(0);
  });

  it('of a task that is cancelled in the same commit comes after the word to stop, and what it took is given back', async () => {
    const { id, worker, start } = await begun();
    const cancelled = desk.runner.execute({ verb: 'cancel', task: id }, 'cancel-it', ada);
    worker.says(call(start, start.nextSeq), question(start));
    expect(await cancelled).toMatchObject({ ok: true });
    await until(() => worker.batches.flat().some(({ t }) => t === 'ack'));
    const told = worker.batches.flat().map(({ t }) => t);
    expect(told.indexOf('abort')).toBeGreaterThan(-1);
    if (told.includes('pass')) expect(told.indexOf('pass')).toBeGreaterThan(told.indexOf('abort'));
    worker.says({ t: 'end', ...fence(start), ending: { kind: 'cancelled' }, replayed: [] });
    expect((await desk.end(id)).state).toBe('cancelled');
    expect(inFlight()).toBe(0);
  });

  it('of a worker that dies before it is answered takes nothing, and the task asks again elsewhere', async () => {
    const { id, worker, start } = await begun();
    worker.says(call(start, start.nextSeq), question(start));
    worker.dies();
    const again = await started(2);
    expect(inFlight()).toBe(0);
    expect(stored(id)).toBe(1);
    again.worker.says(question(again.start));
    expect(passes(again.worker)).toMatchObject([{ task: start.task, epoch: 2, verdict: { kind: 'go' } }]);
    again.worker.says(ends(again.start));
    expect((await desk.end(id)).state).toBe('succeeded');
  });
});
