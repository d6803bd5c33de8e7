import { isDeepStrictEqual } from 'node:util';
import type { Told } from './operator.ts';
import { keyOf } from './operator.ts';
import type { AttemptRecord, EventRecord, Records, TaskRecord } from './records.ts';
import type { Job } from './schedule.ts';
import type { Deaths } from './storm.ts';

/** One effect in doubt that a person was asked about. */
export type Doubted = { task: number; step: string; landed: boolean };

/** What happened, as everybody who saw some of it says. */
export type Account = { jobs: Job[]; told: Told; deaths: Deaths; doubts: Doubted[]; records: Records };

const LEGS = ['debit', 'credit'] as const;
/** What a task does in the ledger's sight, in this order; what has one number may come again until the next one comes. */
const PHASES = new Map([
  ['attempt', 0],
  ['read', 1],
  ['began debit', 2],
  ['landed debit', 2],
  ['note', 3],
  ['began credit', 4],
  ['landed credit', 4],
]);
const phaseOf = (what: string): number => PHASES.get(what) ?? -1;

/** How an attempt of each kind may end before the last. A plain task stops for deaths alone. */
const STOPS: Record<Job['kind'], readonly string[]> = {
  plain: ['lost', 'in-doubt'],
  sleep: ['lost', 'in-doubt', 'parked'],
  ask: ['lost', 'in-doubt', 'parked'],
  spawn: ['lost', 'in-doubt', 'parked'],
  model: ['lost', 'in-doubt', 'retried', 'deferred', 'paused'],
};

/** Everything that a promise of the runner forbids and that happened all the same, in words; none when all were kept. */
export function brokenPromises(account: Account): string[] {
  const { records } = account;
  const attempts = groupBy(records.attempts, (each) => each.task);
  const events = groupBy(records.events, (each) => each.n);
  const jobOf = new Map(
    account.jobs.flatMap((job) => [job, ...(job.child ? [job.child] : [])]).map((job) => [job.n, job]),
  );
  const taskOf = new Map(records.tasks.map((task) => [numberOf(task), task]));
  const broken = [...lost(account, jobOf, taskOf)];
  const entries = groupBy(records.entries, (each) => each.n);
  const doubts = groupBy(account.doubts, (each) => each.task);
  const steps = groupBy(records.steps, (each) => each.task);
  for (const task of records.tasks) {
    const job = jobOf.get(numberOf(task));
    if (!job) continue;
    const seen = {
      account,
      task,
      job,
      attempts: attempts.get(task.id) ?? [],
      events: events.get(job.n) ?? [],
      steps: steps.get(task.id) ?? [],
      doubts: doubts.get(task.id) ?? [],
      entries: entries.get(job.n) ?? [],
      child: job.child && taskOf.get(job.child.n),
    };
    for (const rule of [ends, course, once, order, doubt, output]) {
      broken.push(...rule(seen).map((what) => `t${task.id} (${job.kind} ${job.n}, ${job.recovery}): ${what}`));
    }
  }
  return broken;
}

type Seen = {
  account: Account;
  task: TaskRecord;
  job: Job;
  attempts: AttemptRecord[];
  events: EventRecord[];
  steps: Records['steps'];
  doubts: Doubted[];
  entries: Records['entries'];
  child: TaskRecord | undefined;
};

/** Nothing lost, nothing from nowhere. */
function lost({ jobs, told, records }: Account, jobOf: Map<number, Job>, taskOf: Map<number, TaskRecord>): string[] {
  return [
    ...told.mixedUp.map((key) => `${key} was given two tasks`),
    ...jobs.flatMap(({ n }) => {
      const task = taskOf.get(n);
      if (!task) return [`${keyOf(n)} is lost`];
      return told.accepted.get(keyOf(n)) === `t${task.id}` ? [] : [`${keyOf(n)} is another task than was answered`];
    }),
    ...(taskOf.size === records.tasks.length ? [] : [`${records.tasks.length - taskOf.size} tasks are there twice`]),
    ...[...taskOf.keys()].filter((n) => !jobOf.has(n)).map((n) => `nobody asked for ${n}`),
    ...[...jobOf.keys()].filter((n) => !taskOf.has(n)).map((n) => `there is no task ${n}`),
  ];
}

/** Every task succeeds, but for one whose workers were killed under it, the last time alone. */
function ends({ account, task, attempts, events }: Seen): string[] {
  if (task.state === 'succeeded') return [];
  const killed = attempts.filter(({ number, outcome }) => {
    const event = events.find((each) => each.attempt === number);
    // One that died before its first line is taken for killed: nobody saw the process.
    return outcome === 'lost' && (event === undefined || account.deaths.workers.has(event.pid));
  });
  const quarantined = task.state === 'failed' && task.reason?.startsWith('quarantined') === true;
  return quarantined && killed.length >= 2 ? [] : [`it ended ${task.state}: ${task.reason}`];
}

/** Its attempts follow the state machine. */
function course({ task, job, attempts }: Seen): string[] {
  const broken: string[] = [];
  if (attempts.some(({ number }, index) => number !== index + 1)) broken.push('its attempts are not numbered in order');
  if (attempts.length !== task.attempts) broken.push(`${task.attempts} attempts, ${attempts.length} of them written`);
  if (task.epoch !== task.attempts) broken.push(`epoch ${task.epoch} after ${task.attempts} claims`);
  for (const { outcome, number } of attempts.slice(0, -1)) {
    if (!STOPS[job.kind].includes(outcome)) broken.push(`attempt ${number} ended ${outcome}`);
  }
  const last = attempts.at(-1)?.outcome;
  if (last !== (task.state === 'succeeded' ? 'succeeded' : 'lost'))
    broken.push(`${task.state} after an attempt ${last}`);
  return broken;
}

/** Each effect landed once, and one that nothing can check was not sent again unless a person said so. */
function once({ task, job, entries, events, doubts }: Seen): string[] {
  return LEGS.flatMap((leg) => {
    const times = entries.filter((entry) => entry.leg === leg).length;
    const began = events.filter((event) => event.what === `began ${leg}`).length;
    const resent = doubts.filter((each) => each.step === leg && !each.landed).length;
    return [
      ...(times === 1 || (times === 0 && task.state === 'failed') ? [] : [`${leg} is in the ledger ${times} times`]),
      ...(job.recovery !== 'manual' || began <= 1 + resent ? [] : [`${leg} was sent ${began} times`]),
    ];
  });
}

/**
 * The witness saw the attempts one after the other, and what was finished never began again. What began again had been
 * cut off: its process had died.
 */
function order({ account, events, steps }: Seen): string[] {
  const broken: string[] = [];
  let attempt = 0;
  let phase = 0;
  const last = new Map<string, EventRecord>();
  for (const event of events) {
    const { what } = event;
    if (event.attempt < attempt) broken.push(`attempt ${event.attempt} ${what} after attempt ${attempt} had begun`);
    attempt = Math.max(attempt, event.attempt);
    if (what === 'attempt') continue;
    const at = phaseOf(what);
    if (at < phase) broken.push(`it ${what} after phase ${phase} had begun`);
    phase = Math.max(phase, at);
    const before = last.get(what);
    if (before && !hasDied(account, before)) broken.push(`it ${what} twice, though process ${before.pid} lived on`);
    last.set(what, event);
  }
  const done = steps.filter((step) => step.state === 'done').map((step) => step.name);
  if (new Set(done).size !== done.length) broken.push('a step is done twice in its journal');
  return broken;
}

/** What was put in doubt had truly been in flight when its process died: begun or about to, and nothing after it. */
function doubt({ account, job, attempts, events, doubts, steps }: Seen): string[] {
  const broken: string[] = [];
  if (attempts.filter(({ outcome }) => outcome === 'in-doubt').length !== doubts.length)
    broken.push(`${doubts.length} doubts were shown to people`);
  for (const { step: leg } of doubts) {
    if (job.recovery !== 'manual') broken.push(`${leg} is in doubt though it could be recovered`);
    const intent = steps.find((step) => step.name === leg && step.kind === 'effect');
    const begun = events.find((event) => event.attempt === intent?.attempt);
    const outcome = attempts.find(({ number }) => number === intent?.attempt)?.outcome;
    if (!begun || outcome !== 'lost') broken.push(`${leg} is in doubt after an attempt that ended ${outcome}`);
    else if (!hasDied(account, begun)) broken.push(`${leg} is in doubt though process ${begun.pid} lived on`);
    const after = events.find(
      (event) => event.attempt === intent?.attempt && phaseOf(event.what) > phaseOf(`landed ${leg}`),
    );
    if (after) broken.push(`${leg} is in doubt though the same process ${after.what} later`);
  }
  return broken;
}

/** Its output holds what its steps gave: the model's words, the person's answer, its child's output, the ledger's receipts. */
function output({ account, task, job, entries, child }: Seen): string[] {
  if (task.state !== 'succeeded') return [];
  const given = JSON.parse(task.output ?? 'null') as { heard: unknown };
  const expected = {
    doubled: job.n * 2,
    heard: given.heard,
    entries: LEGS.map((leg) => entries.find((entry) => entry.leg === leg)?.id),
  };
  const broken = isDeepStrictEqual(given, expected)
    ? []
    : [`its output is ${task.output}, not ${JSON.stringify(expected)}`];
  const heard = heardBy(account.told, job, child);
  if (!heard.some((each) => isDeepStrictEqual(each, given.heard)))
    broken.push(`it heard ${JSON.stringify(given.heard)}, not ${JSON.stringify(heard)}`);
  return broken;
}

/** What a task may have heard: one thing, but for answers that nobody acknowledged. */
function heardBy(told: Told, job: Job, child: TaskRecord | undefined): unknown[] {
  switch (job.kind) {
    case 'plain':
    case 'sleep':
      return [null];
    case 'model':
      return [`heard task ${job.n}`];
    case 'spawn':
      return [JSON.parse(child?.output ?? 'null')];
    case 'ask': {
      const answered = told.answered.get(job.n);
      if (answered !== undefined) return [answered];
      return [...(told.sent.get(job.n) ?? []), ...(job.deadlineMs === undefined ? [] : ['late'])];
    }
  }
}

function hasDied({ deaths }: Account, event: EventRecord): boolean {
  return deaths.workers.has(event.pid) || deaths.desks.has(event.desk);
}

function numberOf(task: TaskRecord): number {
  return (JSON.parse(task.input) as Job).n;
}

function groupBy<T>(list: T[], key: (each: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const each of list) {
    const group = groups.get(key(each));
    if (group) group.push(each);
    else groups.set(key(each), [each]);
  }
  return groups;
}
