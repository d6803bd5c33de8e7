/*
 * Nothing fails silently: everything that should make itself heard is watched, and says so when it does not. The rules are
 * pure, one file each; this keeps what they remember, looks once a second, and hands what they say to the alerts.
 */
import type { Account, SilenceView } from '#contract/canary.ts';
import { isCanary } from '#contract/canary.ts';
import type { RuntimeBeats, RuntimeSnapshot, ScheduledStart, TaskEnded } from '#contract/runtime.ts';
import type { Database } from '../../store/open.ts';
import { prepareSilence } from '../../store/silence.ts';
import type { Signal, SignalSource } from '../alert/rules.ts';
import { DAY_MS, HOUR_MS, type LiveRollups, MINUTE_MS } from '../indicator/rollups.ts';
import { noSuccess, noTasks, scheduleMissed } from './absence.ts';
import { accountOf, type Counted, reconciliation } from './account.ts';
import { type Attention, attend } from './attention.ts';
import { type BeatMemory, beatLooks } from './beat.ts';
import { type CanariesOptions, createCanaries } from './canaries.ts';
import { createLaneMemory } from './lanes.ts';
import { type Look, signalOf, spanWords, watchOf } from './look.ts';
import { effectUnverified, type Owned, orphansOf, taskOrphaned, taskOverdue } from './overdue.ts';
import { createQueries } from './query.ts';
import { oldestWaiting, type QueueFacts, queueGrowing, queueStuck } from './queue.ts';
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
  snapshot(): RuntimeSnapshot;
  rollups: Pick<LiveRollups, 'sum' | 'history' | 'agents'>;
  /** Whether an agent is of another runtime. */
  isForeign(agent: string): boolean;
  /** Events of other runtimes that were refused, ever. */
  refusedEvents(): number;
  /** Writes, after those before. */
  write(work: () => void): void;
  now(): number;
  log(message: string): void;
};

export function createSilence(options: SilenceOptions) {
  const { rollups, runtime, now } = options;
  const store = prepareSilence(options.db);
  const queries = createQueries(now, options.log);
  const lanes = createLaneMemory();
  const canaries = createCanaries({ ...runtime, store, write: options.write, isPaused });
  const usual = new Map<string, Usual>();
  const changedUsual = new Set<string>();
  const looks = new Map<string, { look: Look; at: number }>();
  /** Names of the looks of each part. */
  const parts = new Map<string, string[]>();
  /** By agent: unverified successes of the last day. */
  const unverified = new Map<string, { task: string; at: number }[]>();
  let sampled: { id: number; agent: string; success: Success }[] = [];
  let attention: Attention | undefined;
  let beating: BeatMemory = { shortSince: null };
  let lost: { runtime: string; since: number } | undefined;
  let unowned: ReadonlyMap<number, number> = new Map();
  let account: Account | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let minuteAt = Number.NEGATIVE_INFINITY;
  /** Events that had been refused when the desk started. */
  let refusedBefore = 0;
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
    const seen = beatLooks(beats, beating, { since, now: at, agents });
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

  function queueFacts(since: number, at: number): QueueFacts[] {
    const { agents, lanes: views } = options.snapshot();
    return agents.flatMap((agent) => {
      const view = views.find((lane) => lane.agent === agent.name);
      if (!view) return [];
      lanes.look(view, at);
      const memory = lanes.of(agent.name);
      const week = rollups.sum('hour', agent.name, at - 7 * DAY_MS, at);
      const p95Ms = week.running.count === 0 ? null : Math.round(week.running.getValueAtQuantile(0.95));
      return {
        agent: agent.name,
        paused: view.intake !== 'open',
        since,
        now: at,
        queued: view.queued,
        running: view.running,
        queuedSince: memory.queuedSince,
        lastEndAt: memory.lastEndAt ?? week.lastEndAt,
        p95Ms,
        timeoutMs: agent.timeoutMs,
        deadlineMs: agent.deadlineMs,
        oldest: undefined,
        samples: memory.samples,
      };
    });
  }

  function absenceFacts(since: number, at: number) {
    const { agents, lanes: views } = options.snapshot();
    return agents.map(({ name, expectEveryMs }) => {
      const week = rollups.sum('hour', name, at - 7 * DAY_MS, at);
      return {
        agent: name,
        paused: views.some((lane) => lane.agent === name && lane.intake !== 'open'),
        since,
        now: at,
        lastEndAt: week.lastEndAt,
        lastSuccessAt: week.lastSuccessAt,
        knownSince: store.firstSeen(name) ?? since,
        expectEveryMs,
        endsIn: (hour: number) =>
          rollups
            .history('hour', name, hour, hour + HOUR_MS)
            .reduce((sum, { bucket }) => sum + endsOfBucket(bucket), 0),
      };
    });
  }

  function quick(since: number, at: number): Look[] {
    const absences = absenceFacts(since, at);
    return [
      ...queueFacts(since, at).flatMap((facts) => [queueStuck(facts), queueGrowing(facts)]),
      ...absences.flatMap((facts) => noSuccess(facts) ?? []),
      ...runtime.starts().map((start) => scheduleMissed(start, { paused: isPaused(start.agent), since, now: at })),
      ...[...usual].map(([agent, known]) => fastAndEmpty(agent, known)),
      ...options.snapshot().agents.map(({ name }) => effectUnverified(name, unverifiedOf(name, at))),
      ...canaries.look(at, since),
    ];
  }

  function unverifiedOf(agent: string, at: number): string[] {
    const recent = (unverified.get(agent) ?? []).filter((each) => each.at > at - DAY_MS);
    unverified.set(agent, recent);
    return recent.map(({ task }) => task);
  }

  /** What needs the disk, once a minute. */
  function slow(since: number, at: number): Look[] {
    const { agents } = options.snapshot();
    account = accountOf(countedNow(since, at), account, at);
    const running = store.running().map((row): Owned => ({ ...row, claimedAt: row.claimed_at }));
    const beats = runtime.beats();
    const alive = beats.workers.filter(({ ageMs }) => ageMs < 4 * beats.beatMs).map(({ name }) => name);
    const owned = orphansOf(running, new Set(alive), unowned, at);
    unowned = owned.seen;
    for (const agent of changedUsual) {
      const body = JSON.stringify(usual.get(agent));
      options.write(() => store.writeUsual(agent, body));
    }
    changedUsual.clear();
    return [
      ...absenceFacts(since, at).map(noTasks),
      ...queueFacts(since, at).map((facts) => oldestWaiting({ ...facts, oldest: store.oldestQueued(facts.agent) })),
      ...agents.map(({ name, deadlineMs }) => taskOverdue(name, deadlineMs, store.overdue(name, at - deadlineMs))),
      taskOrphaned(beats.runtime, owned.orphans, running.length),
      reconciliation(account),
    ];
  }

  /** What the account is made of, from one and the same instant. */
  function countedNow(since: number, at: number): Counted {
    const ours = store.cohort(at - DAY_MS, at);
    const from = ours.accepted === 0 ? at - HOUR_MS : ours.since;
    const others = store.foreign(from);
    const dropped = options.refusedEvents() - refusedBefore;
    return {
      since: from,
      accepted: ours.accepted + others.accepted + dropped,
      ended: ours.ended + others.ended,
      inFlight: ours.inFlight + others.inFlight,
      stranded: ours.stranded,
      dropped,
      allInFlight: {
        disk: store.inFlight(),
        shown: options.snapshot().lanes.reduce((sum, lane) => sum + lane.queued + lane.running + lane.waiting, 0),
      },
      ends: endsOfLate(since, at),
    };
  }

  /** Ends of the last whole minutes; those of the minute before this are told by now. */
  function endsOfLate(since: number, at: number): Counted['ends'] {
    const to = Math.floor(at / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
    const from = Math.max(Math.ceil(since / MINUTE_MS) * MINUTE_MS, to - 2 * MINUTE_MS);
    if (to <= from) return { disk: 0, counted: 0 };
    const ours = [...rollups.agents()].filter((name) => !options.isForeign(name));
    const buckets = ours.flatMap((name) => rollups.history('minute', name, from, to));
    return {
      disk: store.ends(from, to),
      counted: buckets.reduce((sum, { bucket }) => sum + endsOfBucket(bucket), 0),
    };
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
    if (at - lookedAt >= LOOK_MS || at < lookedAt) {
      lookedAt = at;
      found.push(...lookAt('queues and schedules', at, () => quick(since, at)));
    }
    if (at - minuteAt >= MINUTE_MS || at < minuteAt) {
      minuteAt = at;
      found.push(...lookAt('tasks on the disk', at, () => slow(since, at)));
    }
    found.push(...queries.looks());
    for (const each of found) looks.set(nameOf(each), { look: each, at });
    return found;
  }

  /** Looks at some of it; when that fails, what was seen before says nothing of now. */
  function lookAt(part: string, at: number, work: () => Look[]): Look[] {
    const seen = queries.try(part, work);
    if (seen) {
      parts.set(part, seen.map(nameOf));
      return seen;
    }
    return (parts.get(part) ?? []).flatMap((name) => {
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
      lanes.ended(task.agent, endedAt);
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
      options.write(() => store.forgetUsual(agent));
    },
    load(): void {
      canaries.load();
      refusedBefore = options.refusedEvents();
      for (const { agent, body } of store.usuals()) {
        const parsed = usualSchema.safeParse(JSON.parse(body));
        if (parsed.success) usual.set(agent, parsed.data);
      }
      for (const { id, agent, ended_at } of store.unverifiedSince(now() - DAY_MS))
        noteUnverified(agent, `t${id}`, ended_at);
    },
  };

  function noteUnverified(agent: string, task: string, at: number): void {
    unverified.set(agent, [...(unverified.get(agent) ?? []), { task, at }]);
  }
}
export type Silence = ReturnType<typeof createSilence>;

function endsOfBucket(bucket: {
  succeeded: number;
  failed: number;
  timedOut: number;
  rejected: number;
  cancelled: number;
  inDoubt: number;
}): number {
  const { succeeded, failed, timedOut, rejected, cancelled, inDoubt } = bucket;
  return succeeded + failed + timedOut + rejected + cancelled + inDoubt;
}

function nameOf({ rule, subject }: Look): string {
  return `${rule} ${subject}`;
}
