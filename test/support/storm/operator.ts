import { until } from '../until.ts';
import { endedCount, rowsOf } from './records.ts';
import type { Job } from './schedule.ts';
import type { Storm, StormDesk } from './storm.ts';

/** Tasks that wait at most, so that what is submitted later meets the storm, too. */
const AHEAD = 1_500;
const BATCH = 250;

/** What the outside world was told, as it was told it. */
export type Told = {
  /** Task ids by key, from the first acceptance. */
  accepted: Map<string, string>;
  /** Keys whose later submission named another task. */
  mixedUp: string[];
  /** Choices whose answer was acknowledged, by the number of the task. */
  answered: Map<number, string>;
  /** Choices that were sent, acknowledged or not. */
  sent: Map<number, Set<string>>;
};

export function newTold(): Told {
  return { accepted: new Map(), mixedUp: [], answered: new Map(), sent: new Map() };
}

export const keyOf = (n: number): string => `job-${n}`;

/** Asks the desk that runs; undefined when the call died with it. */
async function ask<T>(storm: Storm, question: (desk: StormDesk) => Promise<T>): Promise<T | undefined> {
  const desk = await storm.desk();
  return Promise.race([question(desk).catch(() => undefined), desk.gone.then(() => undefined)]);
}

/** Submits every job, as somebody who repeats a submission under its key until it was answered. */
export async function submitAll(storm: Storm, folder: string, jobs: Job[], told: Told): Promise<void> {
  for (let from = 0; from < jobs.length; from += BATCH) {
    await until(() => from - endedCount(folder) < AHEAD);
    const batch = jobs.slice(from, from + BATCH);
    // One in a while is sent twice although it was answered.
    const again = from % (BATCH * 4) === 0 ? 2 : 1;
    for (let time = 0; time < again; time += 1) await until(() => submitBatch(storm, batch, told));
  }
}

async function submitBatch(storm: Storm, batch: Job[], told: Told): Promise<boolean> {
  const tasks = batch.map((job) => ({ input: job, key: keyOf(job.n), priority: job.n % 3 }));
  const answer = await ask(storm, ({ client }) => client.tasks.submitMany({ agent: 'storm', tasks }));
  for (const [index, result] of (answer?.results ?? []).entries()) {
    if (result.outcome === 'refused') continue;
    const key = keyOf(batch[index]?.n ?? -1);
    const known = told.accepted.get(key);
    if (known === undefined) told.accepted.set(key, result.id);
    else if (known !== result.id) told.mixedUp.push(key);
  }
  return answer?.refused === 0;
}

/** Answers questions as they come, until `over`. */
export async function answerAll(storm: Storm, told: Told, over: () => boolean): Promise<void> {
  await until(async () => {
    const open = (await ask(storm, ({ client }) => client.questions.list({ open: true }))) ?? [];
    for (const { id, text } of open) {
      const n = Number(/task (\d+)/.exec(text)?.[1]);
      const choice = n % 2 === 0 ? 'yes' : 'no';
      told.sent.set(n, (told.sent.get(n) ?? new Set()).add(choice));
      const answered = await ask(storm, ({ client }) => client.questions.answer({ id, answer: { choice } }));
      if (answered !== undefined) told.answered.set(n, choice);
    }
    return over();
  });
}

/**
 * Resolves what is in doubt as a person does who looks into the ledger, until nothing is open and nothing in doubt.
 * @param onDoubt is told of each before it is resolved
 */
export async function resolveAll(
  storm: Storm,
  folder: string,
  onDoubt: (task: number, step: string, landed: boolean) => void,
): Promise<void> {
  const { client } = await storm.desk();
  await until(async () => {
    const doubts = rowsOf<{ task: number; name: string; effect_key: string }>(
      folder,
      'nightdesk.db',
      `SELECT task, name, effect_key FROM step JOIN task ON task.id = step.task WHERE step.state = 'in-doubt' AND task.state = 'in-doubt' AND step.kind = 'effect' GROUP BY task, name`,
    );
    const landed = new Map(
      rowsOf<{ key: string; id: number }>(folder, 'ledger.db', 'SELECT key, id FROM entry').map(({ key, id }) => [
        key,
        id,
      ]),
    );
    for (const { task, name, effect_key } of doubts) {
      const entry = landed.get(effect_key);
      onDoubt(task, name, entry !== undefined);
      const resolution =
        entry === undefined ? ({ as: 'not-landed' } as const) : ({ as: 'landed', result: { entry } } as const);
      await client.tasks.resolve({ id: `t${task}`, resolution });
    }
    const [left] = rowsOf<{ n: number }>(
      folder,
      'nightdesk.db',
      `SELECT count(*) AS n FROM task WHERE ended_at IS NULL OR state = 'in-doubt'`,
    );
    return left?.n === 0;
  });
}
