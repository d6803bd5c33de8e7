import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, WARM_UP } from './measure.ts';
import { inBatches, PeerMissing, rateOfWorkers } from './peer-rate.ts';

/** Where Debian puts it, one folder a version. */
const DEBIAN = '/usr/lib/postgresql';

/** pg-boss on a server of its own. */
export function pgBoss(jobs: number): Promise<number> {
  return withPostgres(async (url) => {
    const { PgBoss } = await import('pg-boss');
    const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
    await boss.start();
    await boss.createQueue('double');
    try {
      await inBatches(jobs + WARM_UP, (numbers) =>
        boss.insert(
          'double',
          numbers.map((n) => ({ data: { n } })),
        ),
      );
      return await rateOfWorkers(['pg-boss', url], jobs, async () => {
        const { rows } = await boss
          .getDb()
          .executeSql(`SELECT count(*)::int AS n FROM pgboss.job WHERE name = 'double' AND state = 'completed'`);
        return Number(rows[0]?.n);
      });
    } finally {
      await boss.stop({ graceful: false });
    }
  });
}

/**
 * graphile-worker on a server of its own; it removes a job that is done.
 * @param results whether each job writes its result into a table, as a journaled step is
 */
export function graphileWorker(jobs: number, results: boolean): Promise<number> {
  return withPostgres(async (url) => {
    const { makeWorkerUtils } = await import('graphile-worker');
    const utils = await makeWorkerUtils({ connectionString: url });
    try {
      await utils.migrate();
      await utils.withPgClient((client) =>
        client.query('CREATE TABLE result (job bigint PRIMARY KEY, output text NOT NULL)'),
      );
      await inBatches(jobs + WARM_UP, (numbers) =>
        utils.addJobs(numbers.map((n) => ({ identifier: 'double', payload: { n } }))),
      );
      const name = results ? 'graphile-worker' : 'graphile-worker, no results';
      return await rateOfWorkers([name, url], jobs, () =>
        utils.withPgClient(async (client) => {
          const { rows } = await client.query<{ n: number }>(
            'SELECT count(*)::int AS n FROM graphile_worker._private_jobs',
          );
          return jobs + WARM_UP - Number(rows[0]?.n);
        }),
      );
    } finally {
      await utils.release();
    }
  });
}

/** A new server in a folder of its own, with the durability that it is delivered with, reached by its socket. */
function withPostgres<T>(run: (url: string) => Promise<T>): Promise<T> {
  const programs = programFolder();
  return inFolder(async (folder) => {
    const as = owner();
    const data = join(folder, 'data');
    mkdirSync(data);
    if (as.uid !== undefined && as.gid !== undefined) {
      chownSync(folder, as.uid, as.gid);
      chownSync(data, as.uid, as.gid);
    }
    const made = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-instructions', '-E', 'UTF8', '--locale=C'];
    execFileSync(join(programs, 'initdb'), made, { ...as, cwd: folder, stdio: 'ignore' });
    const durable = ['-c', 'fsync=on', '-c', 'synchronous_commit=on'];
    const server = spawn(join(programs, 'postgres'), ['-D', data, '-k', folder, '-h', '', ...durable], {
      ...as,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const gone = once(server, 'exit');
    try {
      let said = '';
      await new Promise<void>((resolve, reject) => {
        server.stderr.on('data', (text) => {
          said += String(text);
          if (said.includes('ready to accept connections')) resolve();
        });
        server.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said}`)));
      });
      return await run(`postgresql://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`);
    } finally {
      server.kill('SIGTERM');
      await gone;
    }
  });
}

function programFolder(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  const found = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ].find((folder) => existsSync(join(folder, 'initdb')));
  if (found === undefined) throw new PeerMissing('postgresql is not installed');
  return found;
}

/** It refuses to run as root. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
