import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/*
 * What a storm changes inside the processes of a desk, without a line of it in the product: the system's clock, and how long
 * the disk takes for a commit. This file is loaded before anything else of them (`node --import`), and follows a file that
 * the test writes.
 */

/** `clockMs` is what the clock is off by, `commitMs` what a commit takes longer. */
export type Weather = { clockMs: number; commitMs: number };

const FILE = 'NIGHTDESK_TEST_WEATHER';
const LOOK_MS = 25;

/** Environment variables for a desk whose weather stands in this file. */
export function underWeather(file: string): Record<string, string> {
  return { [FILE]: file, NODE_OPTIONS: `--import=${fileURLToPath(import.meta.url)}` };
}

/** Changes the weather of the desks that follow this file. */
export function setWeather(file: string, weather: Weather): void {
  writeFileSync(`${file}.new`, JSON.stringify(weather));
  renameSync(`${file}.new`, file);
}

const file = process.env[FILE];
if (file !== undefined) await follow(file);

async function follow(path: string): Promise<void> {
  const realNow = Date.now;
  let weather: Weather = { clockMs: 0, commitMs: 0 };
  const look = (): void => {
    weather = JSON.parse(readFileSync(path, 'utf8')) as Weather;
  };
  look();
  setInterval(look, LOOK_MS).unref();
  Date.now = () => realNow() + weather.clockMs;
  if (!process.argv.includes('serve')) return;
  const { default: Database } = await import('better-sqlite3');
  const still = new Int32Array(new SharedArrayBuffer(4));
  const prepare = Database.prototype.prepare;
  Database.prototype.prepare = function (this: InstanceType<typeof Database>, source: string) {
    const statement = prepare.call(this, source);
    if (source === 'COMMIT') {
      const run = statement.run.bind(statement, []);
      statement.run = () => {
        // As a slow fsync does, it holds up the whole desk.
        if (weather.commitMs > 0) Atomics.wait(still, 0, 0, weather.commitMs);
        return run();
      };
    }
    return statement;
  } as typeof prepare;
}
