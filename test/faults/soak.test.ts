import { on, once } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import type { BoardState } from '#contract/stream.ts';
import type { TestDesk } from '../support/desk.ts';
import { startRehearsal } from '../support/rehearsal.ts';
import { until } from '../support/until.ts';

/*
 * A desk at 50 times a small team's load. `NIGHTDESK_SOAK_MINUTES=10 npx vitest run test/faults/soak.test.ts` is the long one.
 * Nothing here is held against a clock of its own: the end is held against the beginning.
 */
const MINUTES = Number(process.env.NIGHTDESK_SOAK_MINUTES ?? 1);
/** A small team has a thousand tasks a day, and may have them within an hour: some 20 a minute. 50 times that, over two agents. */
const PER_MINUTE = (50 * 20) / 2;
/** Code is compiled and caches fill in the beginning, ms. */
const WARM_UP_MS = 15_000;
const LOOK_MS = 1_000;
/** Below this a query is noise, ms. */
const NOISE_MS = 25;
/** The heap is collected and measured after each so many looks. */
const HEAP_EACH = 10;

type Look = { boardMs: number; tasksMs: number; incidentsMs: number };

let desk: TestDesk | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await desk?.close();
});

it(`runs ${MINUTES} min at 50 times a small team's load: memory flat, no alert flaps, no query slower at the end`, {
  timeout: (MINUTES + 3) * 60_000,
}, async () => {
  vi.stubEnv('NODE_OPTIONS', '--inspect=127.0.0.1:0');
  const running = await startRehearsal(PER_MINUTE);
  const heap = await heapOf(running);
  desk = running;
  const stop = new AbortController();
  const watching = follow(running, stop.signal);
  await wait(WARM_UP_MS);
  const looks: Look[] = [];
  const heaps: number[] = [await heap.usedMb()];
  const over = performance.now() + MINUTES * 60_000;
  while (performance.now() < over) {
    looks.push(await look(running));
    if (looks.length % HEAP_EACH === 0) heaps.push(await heap.usedMb());
    await wait(LOOK_MS);
  }
  stop.abort();
  const { frames, agents } = await watching;
  heap.close();

  const third = Math.floor(looks.length / 3);
  const [begin, end] = [looks.slice(0, third), looks.slice(-third)];
  const report = (of: keyof Look): { begin: number; end: number } => ({
    begin: median(begin.map((each) => each[of])),
    end: median(end.map((each) => each[of])),
  });
  process.stderr.write(`soak: ${JSON.stringify({ looks: looks.length, frames, heaps, board: report('boardMs') })}\n`);
  // What is kept by the minute grows with the first of them; a leak grows with tasks, without an end.
  const [first = 0] = heaps;
  expect(heaps.at(-1)).toBeLessThan(first * 1.25 + 10);
  for (const query of ['boardMs', 'tasksMs', 'incidentsMs'] as const) {
    const { begin: first, end: last } = report(query);
    expect(last, `${query} ${first} -> ${last}`).toBeLessThan(Math.max(first, NOISE_MS) * 3);
  }
  const fired = (await running.client.alerts.list({ all: true })).map(({ rule, subject }) => `${rule} ${subject}`);
  expect(fired.filter((each, index) => fired.indexOf(each) !== index)).toEqual([]);
  expect(frames).toBeGreaterThan(MINUTES * 10);
  // Far below what was submitted: a slow machine is no fault.
  const ended = Object.values(agents).reduce((sum, agent) => sum + agent.success.total, 0);
  expect(ended).toBeGreaterThan(MINUTES * 50);
});

/** Reads the board as a console does, all the time. */
async function follow(
  { client }: TestDesk,
  signal: AbortSignal,
): Promise<{ frames: number; agents: BoardState['agents'] }> {
  let frames = 0;
  let agents: BoardState['agents'] = {};
  try {
    for await (const frame of await client.board.watch({ window: '1h' }, { signal })) {
      frames += 1;
      if (frame.kind === 'snapshot') agents = { ...frame.state.agents };
      else Object.assign(agents, frame.changes.agents?.set);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return { frames, agents };
}

async function look(running: TestDesk): Promise<Look> {
  const { client } = running;
  return {
    boardMs: await timed(async () => {
      for await (const _ of await client.board.watch({ window: '24h' })) break;
    }),
    tasksMs: await timed(() => client.tasks.list({ limit: 200 })),
    incidentsMs: await timed(() => client.incidents.list({ open: false })),
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** The desk's heap, after everything that nobody holds was collected: its own debugger says. */
async function heapOf({ printed }: TestDesk): Promise<{ usedMb(): Promise<number>; close(): void }> {
  const [address = ''] = await until(() => printed().match(/ws:\/\/127\.0\.0\.1:\d+\/\S+/) ?? undefined);
  const socket = new WebSocket(address);
  await once(socket, 'open');
  let id = 0;
  async function ask(method: string): Promise<Record<string, number>> {
    id += 1;
    const asked = id;
    socket.send(JSON.stringify({ id: asked, method }));
    for await (const [data] of on(socket, 'message')) {
      const answer = JSON.parse(String(data)) as { id?: number; result: Record<string, number> };
      if (answer.id === asked) return answer.result;
    }
    throw new Error('the debugger went away');
  }
  return {
    async usedMb() {
      await ask('HeapProfiler.collectGarbage');
      const { usedSize = 0, backingStorageSize = 0 } = await ask('Runtime.getHeapUsage');
      return (usedSize + backingStorageSize) / 1_048_576;
    },
    close: () => socket.close(),
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Time is what a soak is made of. */
function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
