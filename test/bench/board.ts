import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { BoardWindow } from '#contract/health.ts';
import { type Client, firstFrame, withDesk } from './desk.ts';
import { inFolder, median, percentile } from './measure.ts';
import { SEEDED_AGENTS, seedFolder } from './seed.ts';

const HOUR_MS = 3_600_000;
/** How far each window looks back and how wide its bars are, ms. */
const WINDOWS: Record<BoardWindow, { ms: number; barMs: number }> = {
  '1h': { ms: HOUR_MS, barMs: HOUR_MS / 60 },
  '24h': { ms: 24 * HOUR_MS, barMs: HOUR_MS },
  '7d': { ms: 7 * 24 * HOUR_MS, barMs: 2 * HOUR_MS },
};
const WINDOW_NAMES: BoardWindow[] = ['1h', '24h', '7d'];
const ROUNDS = 3;
const READS = 40;
const SQL_READS = 5;

/** ms at p95 of each question that the board asks, and of the windows asked by plain SQL; the dearest of each. */
export type BoardReads = {
  reads: [question: string, ms: number][];
  worstMs: number;
  worstSqlMs: number;
  /** ms of making the tasks, and of the desk until it answered; the file that they made. */
  seedMs: number;
  startMs: number;
  bytes: number;
};

/** Seeds a folder, opens the built desk on it and asks as the console does: over the socket, answers checked. */
export function boardReads(tasks: number): Promise<BoardReads> {
  return inFolder(async (folder) => {
    const seeded = seedFolder(folder, tasks, Date.now());
    const began = performance.now();
    return withDesk(folder, async (client) => {
      const startMs = performance.now() - began;
      await checkSeed(client);
      const reads: BoardReads['reads'] = [];
      for (const [question, ask] of questions(client)) reads.push([question, await p95Of(ask)]);
      return {
        reads,
        worstMs: Math.max(...reads.map(([, ms]) => ms)),
        worstSqlMs: Math.max(...sqlReads(join(folder, 'nightdesk.db'))),
        seedMs: seeded.ms,
        startMs,
        bytes: seeded.bytes,
      };
    });
  });
}

function questions(client: Client): [string, () => Promise<unknown>][] {
  return [
    ...WINDOW_NAMES.map((window): [string, () => Promise<unknown>] => [
      `board ${window}`,
      () => firstFrame(client.board.watch({ window })),
    ]),
    ['open incidents', () => client.incidents.list({ open: true })],
    ['agents', () => client.agents.list()],
    ['providers', () => client.providers.list()],
    ['interventions', () => client.actions.interventions()],
  ];
}

/** A board without the seeded tasks on it would be fast and mean nothing. */
async function checkSeed(client: Client): Promise<void> {
  const frame = await firstFrame(client.board.watch({ window: '7d' }));
  const agents = frame.kind === 'snapshot' ? frame.state.agents : {};
  for (const name of SEEDED_AGENTS) {
    if ((agents[name]?.success.total ?? 0) === 0) throw new Error(`the board shows no end of the seeded ${name}`);
  }
}

/** The median over rounds, so that another process's burst is not the figure; a round before them warms the desk's code. */
async function p95Of(ask: () => Promise<unknown>): Promise<number> {
  await readRound(ask);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(percentile(await readRound(ask), 0.95));
  return median(rounds);
}

async function readRound(ask: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  for (let read = 0; read < READS; read += 1) {
    const from = performance.now();
    await ask();
    samples.push(performance.now() - from);
  }
  return samples;
}

/** ms at p95 of each window's counts, costs and bars by agent, out of the task rows themselves. */
function sqlReads(file: string): number[] {
  const db = new Database(file, { readonly: true });
  const board = db.prepare(
    `SELECT agent, ended_at / ? AS bar, sum(state = 'succeeded') AS good, sum(state IN ('failed', 'in-doubt')) AS bad,
      sum(cost_usd) AS cost, max(ended_at) AS last FROM task WHERE ended_at >= ? GROUP BY agent, bar`,
  );
  try {
    return WINDOW_NAMES.map((window) => {
      const { ms, barMs } = WINDOWS[window];
      const samples = Array.from({ length: SQL_READS }, () => {
        const from = performance.now();
        board.all(barMs, Date.now() - ms);
        return performance.now() - from;
      });
      return percentile(samples, 0.95);
    });
  } finally {
    db.close();
  }
}
