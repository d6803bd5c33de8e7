import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { findDesk } from '../../electron/serve/index.ts';
import { prepareEvents } from '../../electron/store/event.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { withDesk } from './desk.ts';
import { inFolder, percentile } from './measure.ts';

const AGENTS = 20;
const BATCH = 3_000;
/** Calls under way at once: the desk checks one batch while another goes to the disk. */
const AT_ONCE = 2;

export type Ingest = {
  /** Events a second that were durable and counted. */
  perSecond: number;
  events: number;
  frames: number;
  /** ms between two frames of the board, at p95. */
  frameGapMs: number;
};

/** Three events of each task, in their order: accepted, started, ended. */
function batchOf(first: number, now: number): object[] {
  const events: object[] = [];
  for (let n = first; n < first + BATCH / 3; n += 1) {
    const common = { runtime: 'bench', agent: `agent-${n % AGENTS}`, task: `task-${n}` };
    const acceptedAt = now - 500 - ((n * 6151) % 9_000);
    events.push(
      { ...common, kind: 'accepted', sequence: 0, at: acceptedAt },
      { ...common, kind: 'started', sequence: 1, at: acceptedAt + 100 },
      {
        ...common,
        kind: 'ended',
        sequence: 2,
        at: now,
        end: n % 50 === 0 ? 'failed' : 'succeeded',
        acceptedAt,
        startedAt: acceptedAt + 100,
        costUsd: 0.002,
        tokensIn: 1_800,
        tokensOut: 240,
      },
    );
  }
  return events;
}

/** Sends batches over HTTP to the built desk for so long, with a board read beside it; the board must show every end. */
export function ingestRate(forMs: number): Promise<Ingest> {
  return inFolder((folder) =>
    withDesk(folder, async (client) => {
      const desk = findDesk(folder);
      if (!desk) throw new Error('the desk is gone');
      const headers = { authorization: `Bearer ${desk.token}`, 'content-type': 'application/json' };
      let next = 0;
      let accepted = 0;
      const began = performance.now();
      async function send(): Promise<void> {
        while (performance.now() - began < forMs) {
          const first = next;
          next += BATCH / 3;
          const body = JSON.stringify({ events: batchOf(first, Date.now()) });
          const answer = await fetch(`${desk?.address}/v1/events`, { method: 'POST', headers, body });
          const counts = (await answer.json()) as { accepted?: number };
          if (counts.accepted !== BATCH) throw new Error(`${answer.status}: ${JSON.stringify(counts).slice(0, 300)}`);
          accepted += counts.accepted;
        }
      }
      const watching = watchBoard(await client.board.watch({ window: '1h' }));
      await Promise.all(Array.from({ length: AT_ONCE }, send));
      const tookMs = performance.now() - began;
      const { totals, gaps } = await watching.until(accepted / 3);
      if (totals !== accepted / 3) throw new Error(`the board shows ${totals} ends of ${accepted / 3}`);
      return {
        perSecond: (accepted / tookMs) * 1_000,
        events: accepted,
        frames: gaps.length,
        frameGapMs: percentile(gaps, 0.95),
      };
    }),
  );
}

type Frame = {
  kind: 'snapshot' | 'patch';
  state?: { agents: Record<string, { success: { total: number } }> };
  changes?: { agents?: { set: Record<string, { success: { total: number } }> } | undefined };
};

/** Reads a board as a console does, and sums the ends of its rows. */
function watchBoard(frames: AsyncIterator<Frame, unknown, void>) {
  const rows = new Map<string, number>();
  const gaps: number[] = [];
  let at = performance.now();
  let wanted = Number.POSITIVE_INFINITY;
  const sum = (): number => [...rows.values()].reduce((all, each) => all + each, 0);
  async function read(): Promise<void> {
    while (sum() < wanted) {
      const frame = await frames.next();
      if (frame.done) return;
      gaps.push(performance.now() - at);
      at = performance.now();
      const agents = frame.value.state?.agents ?? frame.value.changes?.agents?.set ?? {};
      for (const [name, row] of Object.entries(agents)) rows.set(name, row.success.total);
    }
  }
  const reading = read();
  return {
    async until(ends: number): Promise<{ totals: number; gaps: number[] }> {
      wanted = ends;
      await reading;
      await frames.return?.();
      return { totals: sum(), gaps };
    },
  };
}

/** Rows a second of the same events inserted into the same table, and nothing else: what the disk and SQLite allow. */
export function bareInserts(forMs: number): Promise<number> {
  return inFolder(async (folder) => {
    mkdirSync(folder, { recursive: true });
    const opened = openDatabase(folder, Date.now());
    if (!opened.ok) throw new Error(opened.error.message);
    opened.value.db.close();
    const db = new Database(join(folder, 'nightdesk.db'));
    db.pragma('synchronous = FULL');
    const events = prepareEvents(db);
    const began = performance.now();
    let rows = 0;
    for (let first = 0; performance.now() - began < forMs; first += BATCH / 3) {
      const batch = batchOf(first, Date.now()) as { task: string; sequence: number; agent: string; at: number }[];
      db.transaction(() => {
        for (const { task, sequence, agent, at, ...rest } of batch) {
          const kind = (['accepted', 'started', 'ended'] as const)[sequence] ?? 'ended';
          events.insert({
            runtime: 'bench',
            task,
            sequence,
            agent,
            type: 'default',
            kind,
            at,
            body: JSON.stringify(rest),
          });
        }
      })();
      rows += batch.length;
    }
    const perSecond = (rows / (performance.now() - began)) * 1_000;
    db.close();
    return perSecond;
  });
}
