/*
 * Correctness: some of what succeeded is drawn (draw.ts, queue.ts), people say whether it was right, and what they say becomes
 * an estimate (estimate.ts), a calibrated judge (calibrate.ts) and a watch for a drop (cusum.ts).
 */
import type { AgentSummary, SamplePlan } from '#contract/agent.ts';
import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import type { Correctness, Sample, SampleDetail, SampleFilter, SampleVerdict } from '#contract/sample.ts';
import type { TaskDetail } from '#contract/task.ts';
import type { Committer } from '../../store/committer.ts';
import type { Database } from '../../store/open.ts';
import { prepareSamples, type SampleRow, sampleDetailOf, sampleOf } from '../../store/sample.ts';
import { type Signal, shipped } from '../alert/rules.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../indicator/rollups.ts';
import { type Cusum, designCusum, watchOf } from './cusum.ts';
import { createSampleQueue } from './queue.ts';
import { correctnessOf, truths, WINDOW_MS } from './standing.ts';

export type SamplingOptions = {
  db: Database;
  commit: Committer['commit'];
  agents(): AgentSummary[];
  /** Agents whose definition changed since a moment. */
  changedSince(from: number): string[];
  endedSince(from: number): Iterable<TaskEnded>;
  task(id: string): Result<TaskDetail>;
  /** A verdict, or its undoing, changes how an end that was counted counts. */
  recount(before: TaskEnded, after: TaskEnded): void;
  /** How long copies are kept after the verdict, ms. */
  keepMs(): number;
  rehearsal: boolean;
  now(): number;
  audit: AuditWrite;
  random(): number;
  onChange(): void;
};

export type Sampling = {
  /** Every end, as it comes. */
  offer(ended: TaskEnded): void;
  /** @param recountedFrom the rollups counted ends from here on anew, with their marks as they are now */
  start(recountedFrom: number): void;
  /** Looks at the agents again: their files may have changed. */
  learn(): void;
  hasChanges(): boolean;
  /** Writes what changed, inside the commit that writes the rollups. @returns a function to call when it is durable */
  flush(): () => void;
  list(filter: SampleFilter): Sample[];
  get(id: number): Result<SampleDetail>;
  /** The first verdict counts; a later one is a CONFLICT that says who was first. */
  judge(id: number, verdict: SampleVerdict, note: string | null, by: Actor): Promise<Result<Sample>>;
  /** Takes a verdict back: the sample is open again. */
  undo(id: number, by: Actor): Promise<Result<Sample>>;
  correctness(agent?: string): Correctness[];
  signals(now: number): Signal[];
};

/** Correctness that nothing changed is read again after this, ms: its windows move on. */
const READ_MS = 5 * MINUTE_MS;

/** What is known of an agent: how it is drawn, where its watch stood after the last verdict, and what was read of it since. */
type Known = {
  plan: SamplePlan;
  cusum: Cusum;
  watch: { level: number; alarm: boolean; verdicts: number } | null;
  read: Correctness | null;
};

export function createSampling(options: SamplingOptions): Sampling {
  const { now } = options;
  const store = prepareSamples(options.db);
  const agents = new Map<string, Known>();
  let fresh = new Set<string>();
  /** What the rollups count in memory and the disk does not say yet, by sample. */
  const counted = new Map<number, boolean>();
  let droppedAt = Number.NEGATIVE_INFINITY;

  const queue = createSampleQueue({
    store,
    planOf: (agent) => agents.get(agent)?.plan,
    isNew: (agent) => fresh.has(agent),
    onCounted: changed,
    task: options.task,
    rehearsal: options.rehearsal,
    random: options.random,
  });

  /** Files may have changed since. */
  function learn(): void {
    fresh = new Set(options.changedSince(now() - DAY_MS));
    const current = options.agents();
    const names = new Set(current.map(({ name }) => name));
    for (const name of agents.keys()) if (!names.has(name)) agents.delete(name);
    for (const { name, sample } of current) {
      const known = agents.get(name);
      const same = known?.plan.objective === sample.objective;
      const judged = known?.plan.judge?.model === sample.judge?.model;
      agents.set(name, {
        plan: sample,
        cusum: known && same ? known.cusum : designCusum(1 - sample.objective),
        watch: known && same ? known.watch : null,
        read: known && same && judged ? known.read : null,
      });
    }
  }

  /** What is said of an agent is not what was read before any more. */
  function changed(agent: string): void {
    const known = agents.get(agent);
    if (known) known.read = null;
  }

  function watchOfAgent(agent: string, known: Known): NonNullable<Known['watch']> {
    if (known.watch === null) {
      const said = [...truths(store.verdicts(agent, now() - WINDOW_MS, options.rehearsal))];
      known.watch = { ...watchOf(known.cusum, said), verdicts: said.length };
    }
    return known.watch;
  }

  function dropOld(): void {
    if (now() < droppedAt + HOUR_MS) return;
    const oldest = now() - WINDOW_MS;
    store.dropOld(now() - options.keepMs(), oldest, Math.floor(oldest / DAY_MS) - 1);
  }

  /** Changes a verdict in a commit. @param change returns why it may not, or null */
  async function change(id: number, work: (row: SampleRow) => ReturnType<typeof fail> | null): Promise<Result<Sample>> {
    const refused = await options.commit(() => {
      const row = store.get(id);
      return row === undefined ? missing(id) : work(row);
    });
    if (refused !== null) return refused;
    const row = store.get(id);
    if (row === undefined) return missing(id);
    const known = agents.get(row.agent);
    if (known) known.watch = null;
    changed(row.agent);
    recount(row, row.verdict === 'incorrect');
    options.onChange();
    return succeed(sampleOf(row));
  }

  /** The rollups take a verdict in, or back. Should the desk die before they are written, the next start sees it by the row. */
  function recount(row: Pick<SampleRow, 'id' | 'ended' | 'counted'>, incorrect: boolean): void {
    if (incorrect === (counted.get(row.id) ?? row.counted === 1)) return;
    counted.set(row.id, incorrect);
    const right = JSON.parse(row.ended) as TaskEnded;
    const wrong: TaskEnded = { ...right, task: { ...right.task, marks: [...right.task.marks, 'incorrect'] } };
    if (incorrect) options.recount(right, wrong);
    else options.recount(wrong, right);
  }

  function correctness(agent: string, known: Known): Correctness {
    if (known.read === null || Math.abs(now() - known.read.to) >= READ_MS) known.read = readCorrectness(agent, known);
    return known.read;
  }

  function readCorrectness(agent: string, known: Known): Correctness {
    const from = now() - WINDOW_MS;
    return correctnessOf({
      agent,
      plan: known.plan,
      cusum: known.cusum,
      verdicts: store.verdicts(agent, from, options.rehearsal),
      days: store.days(agent, options.rehearsal, Math.floor(from / DAY_MS)),
      open: store.openCount(agent, options.rehearsal),
      rehearsal: options.rehearsal,
      now: now(),
    });
  }

  return {
    offer: queue.offer,
    start(recountedFrom) {
      learn();
      queue.load(now(), options.endedSince);
      for (const row of store.uncounted()) {
        const incorrect = row.verdict === 'incorrect';
        if (row.ended_at < recountedFrom) recount(row, incorrect);
        else counted.set(row.id, incorrect);
      }
    },
    learn,
    hasChanges: () => queue.hasChanges() || counted.size > 0,
    flush() {
      const at = now();
      dropOld();
      const told = [...counted];
      for (const [id, incorrect] of told) store.setCounted(id, incorrect);
      const durable = queue.flush();
      return () => {
        for (const [id, incorrect] of told) if (counted.get(id) === incorrect) counted.delete(id);
        durable();
        if (at >= droppedAt + HOUR_MS) droppedAt = at;
      };
    },
    list({ open, agent, limit }) {
      return (open ? store.open(agent, limit) : store.judged(agent, limit)).map(sampleOf);
    },
    get(id) {
      const row = store.get(id);
      return row === undefined ? missing(id) : succeed(sampleDetailOf(row));
    },
    judge: (id, verdict, note, by) =>
      change(id, (row) => {
        if (row.verdict !== null) return judgedBefore(row);
        store.judge(id, verdict, note, JSON.stringify(by), now());
        if (verdict === 'incorrect') store.markIncorrect(row.task, true);
        options.audit({
          by,
          what: 'sample.judged',
          subject: `sample ${id}`,
          details: { task: row.task, verdict, note },
        });
        return null;
      }),
    undo: (id, by) =>
      change(id, (row) => {
        if (row.verdict === null) return notJudged(id);
        if (row.copy === null) return copyGone(id);
        store.unjudge(id);
        if (row.verdict === 'incorrect') store.markIncorrect(row.task, false);
        const details = { task: row.task, verdict: row.verdict };
        options.audit({ by, what: 'sample.undone', subject: `sample ${id}`, details });
        return null;
      }),
    correctness(agent) {
      const chosen = agent === undefined ? [...agents] : [...agents].filter(([name]) => name === agent);
      return chosen.map(([name, known]) => correctness(name, known));
    },
    signals: () =>
      [...agents].flatMap(([agent, known]) => {
        const watch = watchOfAgent(agent, known);
        return watch.verdicts === 0 ? [] : [signalOf(agent, known, watch)];
      }),
  };
}

function signalOf(agent: string, { cusum, plan }: Known, watch: NonNullable<Known['watch']>): Signal {
  const objective = `${(100 * plan.objective).toFixed(1)} %`;
  return {
    ...shipped('correctness-drop'),
    subject: agent,
    event: watch.alarm ? 'holds' : watch.level > 0.5 ? 'uncertain' : 'cleared',
    title: `Outputs of ${agent} are incorrect more often than its objective of ${objective} allows`,
    fires: `people find outputs of ${agent} incorrect more often than ${objective} allows`,
    clears: `outputs of ${agent} are correct as often as its objective asks for`,
    agents: [agent],
    labels: { agent },
    value: `${watch.verdicts} verdicts; one false alarm in ${Math.round(cusum.falseAlarmIn).toLocaleString('en-US')} verdicts`,
    error: null,
  };
}

function missing(id: number): ReturnType<typeof fail> {
  return fail('NOT_FOUND', `There is no sample ${id}.`, {
    kept: 'Nothing was changed.',
    todo: 'Look at the list: nightdesk sample list',
  });
}

function judgedBefore(row: SampleRow): ReturnType<typeof fail> {
  const by = sampleOf(row).judged?.by.name ?? 'somebody';
  return fail('CONFLICT', `Sample ${row.id} was judged ${row.verdict} by ${by}.`, {
    kept: 'The first verdict counts.',
    todo: `Take it back if it is wrong: nightdesk sample undo ${row.id}`,
  });
}

function notJudged(id: number): ReturnType<typeof fail> {
  return fail('CONFLICT', `Sample ${id} has no verdict to take back.`, {
    kept: 'Nothing was changed.',
    todo: `Judge it: nightdesk sample judge ${id} correct`,
  });
}

function copyGone(id: number): ReturnType<typeof fail> {
  return fail('CONFLICT', `What sample ${id} was judged by is not kept any more.`, {
    kept: 'Its verdict stands.',
    todo: 'Judge one that is open: nightdesk sample list',
  });
}
