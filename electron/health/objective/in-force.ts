import type { Objective as FileObjective } from '#contract/agent.ts';
import type { AuditWrite } from '#contract/audit.ts';
import { type Actor, actorSchema, writeSpan } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { type Objective, type ObjectiveChange, type ObjectiveInForce, objectiveSchema } from '#contract/objective.ts';
import type { Changes } from '../../store/change.ts';
import type { ObjectiveRow, Objectives } from '../../store/objective.ts';
import { differenceWords, objectiveWords } from './words.ts';

const HOUR_MS = 3_600_000;
/** Spans that an objective may be judged over. */
export const WINDOW_MS = { least: HOUR_MS, most: 90 * 24 * HOUR_MS };
/** What holds for an agent whose file is not known: what a file says that says nothing. */
const UNSAID: FileObjective = {
  success: 0.99,
  p95Ms: null,
  windowMs: 30 * 24 * HOUR_MS,
  failure: ['failed', 'incorrect'],
};

export type InForceOptions = {
  store: Objectives;
  changes: Pick<Changes, 'write'>;
  commit<T>(work: () => T): Promise<T>;
  /** Every agent, with what its file says; null for one without a file here. */
  agents(): Iterable<{ name: string; objective: FileObjective | null }>;
  now(): number;
  audit: AuditWrite;
};

/** One word on an agent's objective: set, or taken back where `objective` is null. */
type Word = { at: number; objective: Objective | null; by: Actor };

/** Which objective holds for an agent: the file's, or one that a person set over it until it is taken back. */
export function createInForce(options: InForceOptions) {
  const { now } = options;
  let files = new Map<string, FileObjective>();
  /** Oldest first. */
  const words = new Map<string, Word[]>();
  /** What is in force now, the same object as long as nothing of it changes. */
  const known = new Map<string, ObjectiveInForce>();

  function refresh(): void {
    files = new Map([...options.agents()].map(({ name, objective }) => [name, objective ?? UNSAID]));
    for (const [agent, { from, ...held }] of known) {
      const file = files.get(agent);
      if (from === 'file' && file !== undefined && differenceWords(held, file) !== 'no difference') known.delete(agent);
    }
  }

  function wordAt(agent: string, at: number): Word | undefined {
    return words.get(agent)?.findLast((word) => word.at <= at);
  }

  function fileOf(agent: string): Objective {
    return files.get(agent) ?? UNSAID;
  }

  function take(row: ObjectiveRow): void {
    const objective = row.body === null ? null : objectiveSchema.parse(JSON.parse(row.body));
    const word = { at: row.at, objective, by: actorSchema.parse(JSON.parse(row.actor)) };
    words.set(row.agent, [...(words.get(row.agent) ?? []), word]);
    known.delete(row.agent);
  }

  function inForce(agent: string): ObjectiveInForce {
    let found = known.get(agent);
    if (found === undefined) {
      const word = words.get(agent)?.at(-1);
      found =
        word === undefined || word.objective === null
          ? { ...fileOf(agent), agent, from: 'file', since: word?.at ?? null, by: word?.by ?? null }
          : { ...word.objective, agent, from: 'console', since: word.at, by: word.by };
      known.set(agent, found);
    }
    return found;
  }

  async function write(agent: string, objective: Objective | null, text: string, by: Actor): Promise<ObjectiveInForce> {
    const at = now();
    const actor = JSON.stringify(by);
    const row = { agent, at, body: objective === null ? null : JSON.stringify(objective), actor };
    await options.commit(() => {
      options.store.write(row);
      options.changes.write({ at, kind: 'objective', subject: agent, text, before: null, after: null, actor });
      const what = objective === null ? 'objective.cleared' : 'objective.set';
      options.audit({ by, what, subject: agent, details: { text, objective } });
    });
    take(row);
    return inForce(agent);
  }

  function unknown(agent: string): Result<never> {
    return fail('NOT_FOUND', `There is no agent "${agent}".`, {
      kept: 'Nothing was changed.',
      todo: 'Look at the list of agents: nightdesk status',
      where: 'agent',
    });
  }

  return {
    /** Reads what was set. */
    load(): void {
      for (const row of options.store.all()) take(row);
      refresh();
    },
    /** Looks at the files again: cheap, once a second. */
    refresh,
    inForce,
    /** What held at a moment; of a file only what it says now is known. */
    at: (agent: string, moment: number): Objective => wordAt(agent, moment)?.objective ?? fileOf(agent),
    /** An objective with a change applied; a refusal where it cannot be promised. */
    changed(change: ObjectiveChange): Result<Objective> {
      const { agent, ...given } = change;
      if (!files.has(agent)) return unknown(agent);
      const { success, p95Ms, windowMs, failure } = { ...inForce(agent), ...given };
      if (windowMs < WINDOW_MS.least || windowMs > WINDOW_MS.most) {
        return fail('BAD_INPUT', `An objective cannot be judged over ${writeSpan(windowMs)}.`, {
          kept: 'Nothing was changed.',
          todo: `Take a window between ${writeSpan(WINDOW_MS.least)} and ${writeSpan(WINDOW_MS.most)}.`,
          where: 'windowMs',
        });
      }
      if (p95Ms === 0) {
        return fail('BAD_INPUT', 'No task ends in no time.', {
          kept: 'Nothing was changed.',
          todo: 'Give a p95 bound above 0, or none.',
          where: 'p95Ms',
        });
      }
      if (p95Ms === null && failure.includes('slow')) {
        return fail(
          'BAD_INPUT',
          'Slow tasks cannot count as failures without a p95 bound: nothing says what slow is.',
          {
            kept: 'Nothing was changed.',
            todo: 'Give a p95 bound, or leave slow out.',
            where: 'failure',
          },
        );
      }
      return succeed({ success, p95Ms, windowMs, failure: [...new Set(failure)] });
    },
    /** Sets an objective over the file's; durable when it returns. */
    async set(agent: string, objective: Objective, by: Actor): Promise<ObjectiveInForce> {
      return write(agent, objective, differenceWords(inForce(agent), objective), by);
    },
    /** Takes back what was set: the file's stands again. */
    async clear(agent: string, by: Actor): Promise<Result<ObjectiveInForce>> {
      if (!files.has(agent)) return unknown(agent);
      const before = inForce(agent);
      if (before.from === 'file') {
        return fail('CONFLICT', `No objective is set over the file of ${agent}.`, {
          kept: `In force is what its file says: ${objectiveWords(before)}.`,
          todo: 'Nothing: it stands as you want it.',
          where: 'agent',
        });
      }
      const text = `taken back, the file's stands again: ${differenceWords(before, fileOf(agent))}`;
      return succeed(await write(agent, null, text, by));
    },
  };
}
