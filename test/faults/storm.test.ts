import { afterEach, expect, it, vi } from 'vitest';
import { brokenPromises, type Doubted } from '../support/storm/model.ts';
import { answerAll, newTold, resolveAll, submitAll } from '../support/storm/operator.ts';
import { watchProgress } from '../support/storm/progress.ts';
import { endedCount, readRecords, rowsOf } from '../support/storm/records.ts';
import { scheduleOf, seedFrom } from '../support/storm/schedule.ts';
import { type Storm, startStorm, stormFolder } from '../support/storm/storm.ts';
import { underWeather } from '../support/storm/weather.ts';

/*
 * A seeded storm over a desk at work. `NIGHTDESK_SEED=… npx vitest run test/faults/storm.test.ts` brings down the same
 * faults over the same tasks again; NIGHTDESK_STORM_TASKS makes it longer or shorter.
 */
const TASKS = Number(process.env.NIGHTDESK_STORM_TASKS ?? 20_000);
const TIME_LIMIT_MS = 600_000;

let storm: Storm | undefined;
let progress: ReturnType<typeof watchProgress> | undefined;
afterEach(async () => {
  progress?.stop();
  vi.unstubAllEnvs();
  await storm?.close();
});

it(`nothing is lost, done twice or stuck, and only what is truly ambiguous is in doubt, over ${TASKS} tasks`, {
  timeout: TIME_LIMIT_MS,
}, async () => {
  const seed = seedFrom(process.env.NIGHTDESK_SEED);
  const began = performance.now();
  const say = (line: string): void => {
    process.stderr.write(`storm ${seed}, ${((performance.now() - began) / 1_000).toFixed(1)} s: ${line}\n`);
  };
  say(`replay it with NIGHTDESK_SEED=${seed}`);
  const { jobs, faults } = scheduleOf(seed, TASKS);
  const { folder, weatherFile } = stormFolder();
  for (const [name, value] of Object.entries(underWeather(weatherFile))) vi.stubEnv(name, value);
  const under = await startStorm(folder, weatherFile);
  storm = under;
  progress = watchProgress(folder);
  const { stuck } = progress;

  const told = newTold();
  const doubts: Doubted[] = [];
  let over = false;
  const answering = answerAll(under, told, () => over);
  await Promise.race([Promise.all([submitAll(under, folder, jobs, told), under.rage(faults, say)]), under.died, stuck]);
  say(`the storm is over, ${endedCount(folder)} tasks have ended`);
  await Promise.race([
    resolveAll(under, folder, (task, step, landed) => doubts.push({ task, step, landed })),
    under.died,
    stuck,
  ]);
  over = true;
  await Promise.race([answering, stuck]);
  say(`all have ended, ${doubts.length} were in doubt`);

  expect(brokenPromises({ jobs, told, deaths: under.deaths, doubts, records: readRecords(folder) })).toEqual([]);
  expect(rowsOf(folder, 'nightdesk.db', 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  say('every promise was kept');
});
