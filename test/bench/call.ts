import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { percentile } from './measure.ts';
import { BENCH_AGENTS } from './queue.ts';
import { withRunner } from './runner.ts';

/** Calls before the clock counts: connections are open and code is warm by then. */
const WARM = 300;

/** ms at p95 of one model call: through the runner, and with the AI SDK alone. */
export type CallTimes = { ours: number; bare: number };

/** Both ask the same server, which answers at once, one call after the other. */
export async function callTimes(calls: number): Promise<CallTimes> {
  const server = fork(new URL('./fake-model.ts', import.meta.url));
  try {
    const [port] = (await once(server, 'message')) as [number];
    const url = `http://127.0.0.1:${port}/v1`;
    return { ours: p95(await oursTook(url, calls + WARM)), bare: p95(await bareTook(url, calls + WARM)) };
  } finally {
    server.kill('SIGKILL');
  }
}

function p95(took: number[]): number {
  return percentile(took.slice(WARM), 0.95);
}

async function oursTook(url: string, calls: number): Promise<number[]> {
  const given = { agentFolders: [BENCH_AGENTS], env: { NIGHTDESK_PROVIDER_FIRST_URL: url } };
  return withRunner(async (runner) => {
    const ended = new Promise<number[]>((resolve, reject) => {
      runner.watch((events) => {
        for (const event of events) {
          if (event.kind !== 'ended') continue;
          const task = runner.task(event.task.id);
          if (task.ok && task.value.state === 'succeeded') resolve(task.value.output as number[]);
          else reject(new Error(`the calls ended ${event.task.state}: ${event.task.reason}`));
        }
      });
    });
    const [submitted] = await runner.submit([{ agent: 'caller', input: { calls } }]);
    if (!submitted?.ok) throw new Error(submitted?.error.message);
    return ended;
  }, given);
}

async function bareTook(url: string, calls: number): Promise<number[]> {
  const child: ChildProcess = fork(new URL('./bare-call.ts', import.meta.url), [url, String(calls)]);
  const [took] = (await once(child, 'message')) as [number[]];
  return took;
}
