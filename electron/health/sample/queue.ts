import { isCanary } from '#contract/canary.ts';
import type { Result } from '#contract/errors.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import { type JudgeScore, judgeScoreSchema, type SampleClass } from '#contract/sample.ts';
import type { TaskDetail } from '#contract/task.ts';
import type { NewSample, SampleDayRow, Samples } from '../../store/sample.ts';
import { markBits } from '../../store/task.ts';
import { DAY_MS, DEFAULT_TYPE } from '../indicator/rollups.ts';
import { copyOf } from './copy.ts';
import { chanceOf, classOf, type DrawPlan } from './draw.ts';

export type QueueOptions = {
  store: Samples;
  /** How an agent's outputs are drawn; undefined for an agent that is not known. */
  planOf(agent: string): (DrawPlan & { judge: { share: number } | null }) | undefined;
  /** Whether the agent's definition changed in the last day. */
  isNew(agent: string): boolean;
  /** What is on the disk of an agent changed. */
  onCounted(agent: string): void;
  task(id: string): Result<TaskDetail>;
  rehearsal: boolean;
  random(): number;
};

/** A day of one kind of success, with the change that made it so; null once it is on the disk. */
type Day = SampleDayRow & { dayBefore: number; change: number | null };
type Drawn = Omit<NewSample, 'copy' | 'score'>;

/**
 * Draws what people see from what succeeds. Counts and draws are in memory until the next flush, which writes them in one
 * commit with how far it has come: after a crash what ended since is offered again, and nothing is drawn twice.
 */
export function createSampleQueue(options: QueueOptions) {
  const { store } = options;
  const days = new Map<string, Day>();
  let drawn: Drawn[] = [];
  /** Tasks whose judge may have said something: task -> the day it counts in. */
  let scoring: { task: number; day: Day }[] = [];
  let reach: { endedAt: number; tasks: string[] } | undefined;
  let changes = 0;
  let written = 0;

  function dayOf(agent: string, type: string, of: SampleClass, day: number): Day {
    const name = `${day} ${of} ${type} ${agent}`;
    let found = days.get(name);
    if (!found) {
      const fresh = { agent, type, class: of, rehearsal: options.rehearsal ? 1 : 0, day, seen: 0, taken: 0 };
      const row = store.day(agent, type, of, options.rehearsal, day) ?? { ...fresh, scored: 0, passed: 0 };
      const before =
        days.get(`${day - 1} ${of} ${type} ${agent}`) ?? store.day(agent, type, of, options.rehearsal, day - 1);
      found = { ...row, dayBefore: before?.seen ?? 0, change: null };
      days.set(name, found);
    }
    return found;
  }

  function touch(day: Day): void {
    changes += 1;
    day.change = changes;
  }

  /** Takes an end for what it is: successes count, and some are drawn. Rehearsals are apart, canaries are no work. */
  function offer(ended: TaskEnded): void {
    const { task, type = DEFAULT_TYPE } = ended;
    const endedAt = task.endedAt ?? task.acceptedAt;
    if (reach === undefined || endedAt > reach.endedAt) reach = { endedAt, tasks: [task.id] };
    else if (endedAt === reach.endedAt) reach.tasks.push(task.id);
    changes += 1;
    if (task.state !== 'succeeded' || isCanary(task)) return;
    if (task.marks.includes('rehearsal') !== options.rehearsal) return;
    const plan = options.planOf(task.agent);
    if (plan === undefined) return;
    const of = classOf(task, options.isNew(task.agent));
    const day = dayOf(task.agent, type, of, Math.floor(endedAt / DAY_MS));
    const chance = chanceOf(plan, of, day);
    day.seen += 1;
    touch(day);
    const number = Number(task.id.slice(1));
    if (plan.judge !== null) scoring.push({ task: number, day });
    if (options.random() >= chance) return;
    day.taken += 1;
    drawn.push({
      task: number,
      agent: task.agent,
      type,
      class: of,
      chance,
      ended_at: endedAt,
      marks: markBits(...task.marks),
      model: task.model,
      rehearsal: options.rehearsal ? 1 : 0,
      ended: JSON.stringify(ended),
    });
  }

  function scoreOf(task: number): JudgeScore | null {
    const note = store.outputNote(task);
    if (note === null) return null;
    const read = judgeScoreSchema.safeParse((JSON.parse(note) as { score?: unknown } | null)?.score);
    return read.success ? read.data : null;
  }

  return {
    offer,
    /** Offers what ended while the desk was down, and what a crash made it forget. What ended before the first start is left. */
    load(now: number, endedSince: (from: number) => Iterable<TaskEnded>): void {
      const known = store.reach();
      if (known === undefined) {
        reach = { endedAt: now, tasks: [] };
        changes += 1;
        return;
      }
      reach = known;
      const before = new Set(known.tasks);
      for (const ended of endedSince(known.endedAt)) if (!before.has(ended.task.id)) offer(ended);
    },
    hasChanges: (): boolean => changes > written,
    /**
     * Writes what changed, with copies of what was drawn. Call inside a commit; it may run twice.
     * @returns a function to call when it is durable
     */
    flush(): () => void {
      const until = changes;
      const [taken, scored] = [drawn.length, scoring.length];
      const scores = new Map<Day, { scored: number; passed: number }>();
      for (const { task, day } of scoring) {
        const score = scoreOf(task);
        if (score === null) continue;
        const sum = scores.get(day) ?? { scored: 0, passed: 0 };
        scores.set(day, { scored: sum.scored + 1, passed: sum.passed + (score.ok ? 1 : 0) });
      }
      for (const row of drawn) {
        const task = options.task(`t${row.task}`);
        // Removed within a second of its end: there is nothing to show, and its weight is borne by the others.
        if (!task.ok) continue;
        const score = scoreOf(row.task);
        store.insert({ ...row, copy: JSON.stringify(copyOf(task.value)), score: score && JSON.stringify(score) });
      }
      for (const day of days.values()) {
        if (day.change === null) continue;
        const more = scores.get(day) ?? { scored: 0, passed: 0 };
        store.writeDay({ ...day, scored: day.scored + more.scored, passed: day.passed + more.passed });
      }
      if (reach !== undefined) store.writeReach(reach.endedAt, reach.tasks);
      return () => {
        written = until;
        drawn = drawn.slice(taken);
        scoring = scoring.slice(scored);
        for (const [day, more] of scores) {
          day.scored += more.scored;
          day.passed += more.passed;
        }
        for (const day of days.values()) {
          if (day.change === null) continue;
          options.onCounted(day.agent);
          if (day.change <= until) day.change = null;
        }
        forget();
      };
    },
  };

  /** Yesterday is what today is drawn by; what is older is on the disk. */
  function forget(): void {
    const today = Math.floor((reach?.endedAt ?? 0) / DAY_MS);
    for (const [name, day] of days) if (day.day < today - 1 && day.change === null) days.delete(name);
  }
}
