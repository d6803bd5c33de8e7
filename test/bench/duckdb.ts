import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { percentile } from './measure.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const READS = 10;
/** How far each window of the board looks back and how wide its bars are, ms. */
const WINDOWS = [
  { ms: HOUR_MS, barMs: 60_000 },
  { ms: 24 * HOUR_MS, barMs: HOUR_MS },
  { ms: WEEK_MS, barMs: 2 * HOUR_MS },
];

/** ms at p95 of the dearest window, and what making the rows took. */
export type DuckReads = { worstMs: number; seedMs: number };

/** What the board's windows show, asked of DuckDB over as many raw rows, made by the same formula as ours. */
export async function duckReads(folder: string, tasks: number): Promise<DuckReads> {
  const instance = await DuckDBInstance.create(join(folder, 'tasks.duckdb'));
  const connection = await instance.connect();
  const now = Date.now();
  const began = performance.now();
  await connection.run(
    `CREATE TABLE task AS SELECT i AS id, printf('agent-%02d', (i * 104729) % 20 + 1) AS agent,
      CASE WHEN (i * 7919) % 1009 < 15 THEN 'queued' WHEN (i * 7919) % 1009 < 35 THEN 'failed' ELSE 'succeeded' END AS state,
      200 + (i * 6151) % 9000 AS took, ${now - WEEK_MS} + CAST(i * (${WEEK_MS} * 1.0 / ${tasks}) AS BIGINT) AS ended_at,
      0.0021 AS cost_usd FROM range(1, ${tasks + 1}) AS r(i)`,
  );
  const seedMs = performance.now() - began;
  try {
    const worst: number[] = [];
    for (const { ms, barMs } of WINDOWS) {
      const rows = `FROM task WHERE ended_at >= ${now - ms} AND state <> 'queued'`;
      const samples: number[] = [];
      for (let read = 0; read < READS; read += 1) {
        const from = performance.now();
        await connection.runAndReadAll(
          `SELECT agent, count(*) FILTER (state = 'succeeded') AS good, count(*) AS ends, sum(cost_usd) AS usd,
            max(ended_at) AS last, approx_quantile(took, 0.5) AS p50, approx_quantile(took, 0.95) AS p95 ${rows} GROUP BY agent`,
        );
        await connection.runAndReadAll(
          `SELECT agent, ended_at // ${barMs} AS bar, count(*) FILTER (state = 'succeeded') AS good, count(*) AS ends ${rows} GROUP BY agent, bar`,
        );
        samples.push(performance.now() - from);
      }
      worst.push(percentile(samples, 0.95));
    }
    return { worstMs: Math.max(...worst), seedMs };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
