/*
 * Nothing fails silently: everything that should make itself heard is watched, and says so when it does not. The rules are
 * pure, one file each; this keeps what they remember, looks once a second, and hands what they say to the alerts.
 */

import type { Account, SilenceView } from '#contract/canary.ts';
import { isCanary } from '#contract/canary.ts';
import type { RuntimeBeats, ScheduledStart, TaskEnded } from '#contract/runtime.ts';
import type { Database } from '../../store/open.ts';
import { prepareSilence } from '../../store/silence.ts';
import type { Signal, SignalSource } from '../alert/rules.ts';
import { DAY_MS, MINUTE_MS } from '../indicator/rollups.ts';
import { noSuccess, noTasks, scheduleMissed } from './absence.ts';
import { accountOf, reconciliation } from './account.ts';
import { type Attention, attend, STALL_MS } from './attention.ts';
import { type BeatMemory, beatLooks, isHeard } from './beat.ts';
import { type CanariesOptions, createCanaries } from './canaries.ts';
import { type CountOptions, createCounts } from './count.ts';
import { createFacts } from './facts.ts';
import { createLaneMemory } from './lanes.ts';
import { type Look, signalOf, spanWords, watchOf } from './look.ts';
import { effectUnverified, type Owned, orphansOf, taskOrphaned, taskOverdue } from './overdue.ts';
import { createQueries } from './query.ts';
import { oldestWaiting, queueGrowing, queueStuck } from './queue.ts';
import { createRound } from './round.ts';
import { afterSuccess, fastAndEmpty, type Success, type Usual, unknownUsual, usualSchema } from './usual.ts';

/** What memory tells is looked at this often, ms; what the disk must be asked for, each minute. */
const LOOK_MS = 10_000;
/** Successes that are looked at closely in a second; of more, these many stand for all. */
const SAMPLE = 200;

/** What of the runtime is watched. */
export type SilenceRuntime = {
  beats(): RuntimeBeats;
  starts(): ScheduledStart[];
} & Pick<CanariesOptions, 'canaries' | 'input' | 'submit' | 'task'>;

export type SilenceOptions = {
  db: Database;
  runtime: SilenceRuntime;
  /** Writes, after those before: once, and as often as it takes. */
  write(work: () => void, onDurable: () => void): void;
  keep(work: () => void): void;
  now(): number;
  log(message: string): void;
} & Omit<CountOptions, 'store'>;

export function createSilence(options: SilenceOptions) {
  const { runtime, now } = options;
  const store = prepareSilence(options.db);
  const queries = createQueries(now, options.log);
  const lanes = createLaneMemory();
  const facts = createFacts({ ...options, store, lanes });
  const counts = createCounts({ ...options, store });
  const often = createRound(LOOK_MS, 100);
  const seldom = createRound(MINUTE_MS, 20);
  const canaries = createCanaries({ ...runtime, store, keep: options.keep, isPaused });
  const usual = new Map<string, Usual>();
  const changedUsual = new Set<string>();
  const looks = new Map<string, { look: Look; at: number }>();
  /** Names of the looks of each part. */
  const parts = new Map<string, Set<string>>();
  /** By agent: unverified successes of the last day. */
  const unverified = new Map<string, { task: string; at: number }[]>();
  let sampled: { id: number; agent: string; success: Success }[] = [];
  let attention: Attention | undefined;
  let hearing: Attention | undefined;
  let beating: BeatMemory = { shortSince: null };
  let lost: { runtime: string; since: number } | undefined;
  let unowned: ReadonlyMap<number, number> = new Map();
  let account: Account | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let minuteAt = Number.NEGATIVE_INFINITY;
  /** Looks that a person's word brought about, told with the next. */
  let said: Look[] = [];

  function isPaused(agent: string): boolean {
    return options.snapshot().lanes.some((lane) => lane.agent === agent && lane.intake !== 'open');
  }

  function beat(since: number, at: number): Look[] {
    const beats = runtime.beats();
    const agents = options
      .snapshot()
      .agents.filter((agent) => agent.runtime === beats.runtime)
      .map(({ name }) => name);
    const heard = attend(hearing, at, STALL_MS);
    if (hearing && heard.since !== hearing.since) beating = { shortSince: null };
    hearing = heard;
    const seen = beatLooks(beats, beating, { since, heardSince: heard.since, now: at, agents });
    beating = seen.memory;
    lost = seen.lostSince === null ? undefined : { runtime: beats.runtime, since: lost?.since ?? seen.lostSince };
    return seen.looks;
  }

  function learn(): void {
    for (const { id, agent, success } of sampled) {
      const toolless = success.toolless ?? store.toolless(id);
      usual.set(agent, afterSuccess(usual.get(agent) ?? unknownUsual(), { ...success, toolless }));
      changedUsual.add(agent);
    }
    sampled = [];
  }

  /** What memory tells. */
  function quick(since: number, at: number): Look[] {
    return facts.due(often, since, at).flatMap((of) => {
      const known = usual.get(of.agent);
      return [
        queueStuck(of),
        queueGrowing(of),
        ...[noSuccess(of) ?? []].flat(),
        ...(known ? [fastAndEmpty(of.agent, known)] : []),
        effectUnverified(of.agent, unverifiedOf(of.agent, at)),
      ];
    });
  }

  function schedules(since: number, at: number): Look[] {
    return [
      ...runtime.starts().map((start) => scheduleMissed(start, { paused: isPaused(start.agent), since, now: at })),
      ...canaries.look(at, since),
    ];
  }

  function unverifiedOf(agent: string, at: number): string[] {
    const recent = (unverified.get(agent) ?? []).filter((each) => each.at > at - DAY_MS);
    unverified.set(agent, recent);
    return recent.map(({ task }) => task);
  }

  /** What the disk must be asked for. */
  function slow(since: number, at: number): Look[] {
    return facts
      .due(seldom, since, at)
      .flatMap((of) => [
        noTasks(of),
        oldestWaiting({ ...of, oldest: store.oldestQueued(of.agent) }),
        taskOverdue(of.agent, of.deadlineMs, store.overdue(of.agent, at - of.deadlineMs)),
      ]);
  }

  /** Each minute: what is of the whole runtime. */
  function whole(since: number, at: number): Look[] {
    keepUsual();
    account = accountOf(counts.now(since, at), account, at);
    return [orphaned(at), reconciliation(account)];
  }

  function orphaned(at: number): Look {
    const running = store.running().map((row): Owned => ({ ...row, claimedAt: row.claimed_at }));
    const { runtime: name, workers, beatMs } = runtime.beats();
    const alive = workers.filter((worker) => isHeard(worker, beatMs)).map((worker) => worker.name);
    const owned = orphansOf(running, new Set(alive), unowned, at);
    unowned = owned.seen;
    return taskOrphaned(name, owned.orphans, running.length);
  }

  function keepUsual(): void {
    for (const agent of changedUsual) {
      const known = usual.get(agent);
      options.write(
        () => store.writeUsual(agent, JSON.stringify(known)),
        () => {
          // What the disk refused, or was learned since, is written with the next.
          if (usual.get(agent) === known) changedUsual.delete(agent);
        },
      );
    }
  }

  /** Looks at what is due. @returns what was looked at */
  function look(at: number): Look[] {
    const next = attend(attention, at);
    if (attention && next.since !== attention.since) {
      lanes.forget();
      beating = { shortSince: null };
      if (account) account = { ...account, badMinutes: 0 };
    }
    attention = next;
    const { since } = next;
    const found = said;
    said = [];
    found.push(...lookAt('heartbeats', at, () => beat(since, at)));
    queries.try('what is usual', learn);
    found.push(...lookAt('queues and schedules', at, () => quick(since, at), isAny));
    found.push(...lookAt('queues on the disk', at, () => slow(since, at), isAny));
    if (at - lookedAt >= LOOK_MS || at < lookedAt) {
      lookedAt = at;
      found.push(...lookAt('schedules and canaries', at, () => schedules(since, at)));
    }
    if (at - minuteAt >= MINUTE_MS || at < minuteAt) {
      minuteAt = at;
      found.push(...lookAt('tasks on the disk', at, () => whole(since, at)));
    }
    found.push(...queries.looks());
    for (const each of found) {
      const name = nameOf(each);
      // What it cannot look at was looked at before.
      looks.set(name, { look: each, at: each.state === 'blind' ? (looks.get(name)?.at ?? at) : at });
    }
    return found;
  }

  /** Looks at some of it; when that fails, what was seen before says nothing of now. */
  function lookAt(part: string, at: number, work: () => Look[], hasAsked?: (looked: Look[]) => boolean): Look[] {
    const seen = queries.try(part, work, hasAsked);
    if (seen) {
      const names = parts.get(part) ?? new Set();
      parts.set(part, names);
      for (const each of seen) names.add(nameOf(each));
      return seen;
    }
    return [...(parts.get(part) ?? [])].flatMap((name) => {
      const last = looks.get(name);
      const says = `could not be looked at since ${spanWords(at - (last?.at ?? at))} ago`;
      return last ? [{ ...last.look, state: 'blind', says }] : [];
    });
  }

  const source: SignalSource = { signals: (at): Signal[] => look(at).map(signalOf) };

  return {
    ...source,
    queries,
    /** What ended. @returns whether it counts in the numbers of its agent: a canary does not */
    hear(event: TaskEnded): boolean {
      const { task } = event;
      const endedAt = task.endedAt ?? now();
      lanes.ended(task.agent, endedAt, task.state === 'succeeded' && !isCanary(task));
      if (isCanary(task)) return false;
      if (task.state !== 'succeeded') return true;
      if (task.marks.includes('unverified')) noteUnverified(task.agent, task.id, endedAt);
      if (sampled.length < SAMPLE && task.startedAt !== null) {
        const runMs = Math.max(0, endedAt - task.startedAt);
        const success = { runMs, tokensOut: task.tokensOut, toolless: event.toolless };
        sampled.push({ id: Number(task.id.slice(1)), agent: task.agent, success });
      }
      return true;
    },
    /** Why nothing is known of an agent, since when; undefined while something is. */
    unknownOf(agent: { runtime: string }): { since: number; reason: string } | undefined {
      if (lost?.runtime !== agent.runtime) return undefined;
      const reason = `unknown since the heartbeat of ${lost.runtime} was lost ${spanWords(now() - lost.since)} ago`;
      return { since: lost.since, reason };
    },
    view(): SilenceView {
      return {
        since: attention?.since ?? now(),
        watches: [...looks.values()].map((each) => watchOf(each.look, each.at)),
        account: account ?? null,
        canaries: canaries.list(now()),
      };
    },
    /** Of the desk's own queries: those that fail now, in plain words. */
    troubles: (): string[] =>
      queries
        .looks()
        .flatMap(({ state, subject, says }) =>
          state === 'holds' ? [`Of the desk itself, ${subject} cannot be done: ${says}.`] : [],
        ),
    /** What an agent's successes are like from now on is usual: a person says that it changed on purpose. */
    relearn(agent: string): void {
      usual.delete(agent);
      changedUsual.delete(agent);
      said.push({ ...fastAndEmpty(agent, unknownUsual()), state: 'quiet', says: 'learning anew' });
      options.keep(() => store.forgetUsual(agent));
    },
    load(): void {
      canaries.load();
      counts.load();
      for (const { agent, body } of store.usuals()) {
        const parsed = usualSchema.safeParse(JSON.parse(body));
        if (parsed.success) usual.set(agent, parsed.data);
      }
      for (const { id, agent, ended_at } of store.unverifiedSince(now() - DAY_MS))
        noteUnverified(agent, `t${id}`, ended_at);
    },
  };

  function noteUnverified(agent: string, task: string, at: number): void {
    const known = unverified.get(agent);
    if (known) known.push({ task, at });
    else unverified.set(agent, [{ task, at }]);
  }
}
export type Silence = ReturnType<typeof createSilence>;

/** Agents are looked at in turn: in a second in which it is nobody's, nothing was asked. */
function isAny(looked: Look[]): boolean {
  return looked.length > 0;
}

function nameOf({ rule, subject }: Look): string {
  return `${rule} ${subject}`;
}
