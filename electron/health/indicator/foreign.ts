import { type Failure, fail, type Result, succeed } from '#contract/errors.ts';
import { type ForeignEvent, foreignEventSchema, type IngestAnswer } from '#contract/event.ts';
import type { IngestCounts } from '#contract/health.ts';
import type { TaskEnded } from '#contract/runtime.ts';
import type { EventKey, EventRow, Events } from '../../store/event.ts';
import { DAY_MS, DEFAULT_TYPE, type LiveRollups, MINUTE_MS, startOf } from './rollups.ts';

/** A clock may be ahead of ours by this much, ms; its events count as of now. */
const AHEAD_MS = MINUTE_MS;
/** What is older may have landed before and be forgotten. */
export const OLDEST_MS = 30 * DAY_MS;
/** What a task of another runtime may take, ms, where nothing else is said. */
export const FOREIGN_DEADLINE_MS = DAY_MS;

export type ForeignOptions = {
  events: Events;
  commit<T>(work: () => T): Promise<T>;
  rollups: LiveRollups;
  /** Whether the embedded runner has an agent of this name. */
  isOurs(agent: string): boolean;
  now(): number;
};

/** An agent of another runtime, by what it told. */
export type ForeignAgent = { runtime: string; lastEventAt: number; queued: number; running: number };

type EndedEvent = Extract<ForeignEvent, { kind: 'ended' }>;
/** A parsed event under its agent's name here. */
type Landing = { event: ForeignEvent; agent: string; at: number };
/** What a commit changed that memory follows once it is durable. */
type Landed = {
  duplicates: number;
  late: number;
  ends: { ended: TaskEnded; supersedes: boolean; late: EventKey | null }[];
  flights: { agent: string; queued: number; running: number }[];
};

/** What other runtimes tell of their tasks: each event lands once, and is counted in the bucket of its moment. */
export function createForeign({ events, commit, rollups, isOurs, now }: ForeignOptions) {
  const agents = new Map<string, ForeignAgent>();
  const counts = new Map<string, number>();
  /** Ends of closed hours that are counted and not yet written. */
  let lateEnds: EventKey[] = [];
  /** Batches between their commit and their count. */
  let under = 0;
  let held: Promise<void> | undefined;

  function check(given: unknown, index: number, at: number): Landing | (Failure & { index: number }) {
    const parsed = foreignEventSchema.safeParse(given);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return refusal(index, `The event does not fit: ${issue?.message ?? 'unknown'}.`, issue?.path.join('.'));
    }
    const event = parsed.data;
    const agent = `${event.runtime}.${event.agent}`;
    if (event.at > at + AHEAD_MS) return refusal(index, 'Its moment has not come yet: set the clock there.', 'at');
    if (event.at < at - OLDEST_MS) return refusal(index, 'It is older than 30 days.', 'at');
    if (event.kind === 'ended' && !inSequence(event)) return refusal(index, 'It ends before it begins.', 'acceptedAt');
    if (isOurs(agent)) return refusal(index, `An agent here is called ${agent} already.`, 'agent');
    return { event, agent, at: Math.min(event.at, at) };
  }

  /** Inside the commit. */
  function land(landings: readonly Landing[], refused: number, at: number): Landed {
    const landed: Landed = { duplicates: 0, late: 0, ends: [], flights: [] };
    const heard = new Map<string, { runtime: string; at: number }>();
    for (const landing of landings) {
      const { event, agent } = landing;
      const row = rowOf(landing);
      if (!events.insert(row)) {
        landed.duplicates += 1;
        continue;
      }
      if (landing.at < at - MINUTE_MS) landed.late += 1;
      heard.set(agent, { runtime: event.runtime, at: Math.max(heard.get(agent)?.at ?? 0, landing.at) });
      if (event.kind === 'ended') end(row, event, landed, at);
      else flight(row, landed);
    }
    for (const [id, { runtime, at: heardAt }] of heard) {
      events.writeAgent(id, runtime, Math.max(heardAt, agents.get(id)?.lastEventAt ?? 0));
    }
    events.addCount('accepted', landings.length - landed.duplicates);
    events.addCount('duplicate', landed.duplicates);
    events.addCount('late', landed.late);
    events.addCount('dropped', refused);
    return landed;
  }

  function flight(row: EventRow, landed: Landed): void {
    const { runtime, task, agent, kind, at, sequence } = row;
    const starts = (): boolean => kind === 'started' && events.start(runtime, task, at);
    if (starts()) {
      landed.flights.push({ agent, queued: -1, running: 1 });
      return;
    }
    // Its end was here first.
    if (events.lastEnd(runtime, task) > sequence) return;
    if (events.open(row)) landed.flights.push({ agent, queued: 1, running: 0 });
    if (starts()) landed.flights.push({ agent, queued: -1, running: 1 });
  }

  function end(row: EventRow, event: EndedEvent, landed: Landed, at: number): void {
    const { runtime, task, agent, sequence } = row;
    const open = events.openTask(runtime, task);
    const isLast = (open !== undefined && open.sequence <= sequence) || events.lastEnd(runtime, task) <= sequence;
    if (open && isLast) {
      events.close(runtime, task);
      const ran = open.started_at !== null;
      landed.flights.push({ agent, queued: ran ? 0 : -1, running: ran ? -1 : 0 });
    }
    const ended = endedOf(row, event);
    // In doubt once, and resolved since.
    if (ended.end === 'in-doubt' && !isLast) return;
    const late = row.at < startOf('hour', at) ? { runtime, task, sequence } : null;
    if (late) events.writeLate(late);
    landed.ends.push({ ended, supersedes: isLast, late });
  }

  /** Memory follows what is durable. */
  function follow(landings: readonly Landing[], refused: number, landed: Landed): void {
    for (const { event, agent, at } of landings) {
      const known = agentOf(agent, event.runtime);
      known.lastEventAt = Math.max(known.lastEventAt, at);
    }
    for (const { agent, queued, running } of landed.flights) {
      const known = agents.get(agent);
      if (known) {
        known.queued += queued;
        known.running += running;
      }
    }
    for (const { ended, supersedes, late } of landed.ends) {
      rollups.count(ended, supersedes);
      if (late) lateEnds.push(late);
    }
    add('accepted', landings.length - landed.duplicates);
    add('duplicate', landed.duplicates);
    add('late', landed.late);
    add('dropped', refused);
  }

  function agentOf(id: string, runtime: string): ForeignAgent {
    let found = agents.get(id);
    if (!found) {
      found = { runtime, lastEventAt: 0, queued: 0, running: 0 };
      agents.set(id, found);
    }
    return found;
  }

  function add(name: string, n: number): void {
    counts.set(name, (counts.get(name) ?? 0) + n);
  }

  return {
    /** Lands a batch. Each event is taken, known or refused by itself; the answer comes when it is on the disk. */
    async ingest(given: readonly unknown[]): Promise<Result<IngestAnswer>> {
      await held;
      const at = now();
      const landings: Landing[] = [];
      const refusals: IngestAnswer['refusals'] = [];
      for (const [index, each] of given.entries()) {
        const checked = check(each, index, at);
        if ('index' in checked) refusals.push(checked);
        else landings.push(checked);
      }
      under += 1;
      try {
        const landed = await commit(() => land(landings, refusals.length, at));
        follow(landings, refusals.length, landed);
        const { duplicates, late } = landed;
        const accepted = landings.length - duplicates;
        return succeed({ accepted, duplicates, late, refused: refusals.length, refusals });
      } catch (error) {
        return fail('STORAGE', `The events could not be written: ${String(error)}`, {
          kept: 'None of them was taken.',
          todo: 'Free space on the disk of the data folder, then send them again: none lands twice.',
        });
      } finally {
        under -= 1;
      }
    },
    /** Runs while no batch is under way: new ones wait for it. */
    async apart<T>(work: () => Promise<T>): Promise<T> {
      const done = Promise.withResolvers<void>();
      held = done.promise;
      try {
        while (under > 0) await new Promise((resolve) => setImmediate(resolve));
        return await work();
      } finally {
        held = undefined;
        done.resolve();
      }
    },
    /** Reads what is known. @param recountedFrom ends since then are counted again already */
    load(recountedFrom: number): void {
      for (const { id, runtime, last_event_at } of events.agents()) agentOf(id, runtime).lastEventAt = last_event_at;
      for (const { agent, queued, running } of events.inFlight())
        Object.assign(agents.get(agent) ?? {}, { queued, running });
      for (const [name, n] of events.counts()) counts.set(name, n);
      for (const row of events.late()) {
        if (row.at < recountedFrom) rollups.count(endedOf(row));
        lateEnds.push({ runtime: row.runtime, task: row.task, sequence: row.sequence });
      }
    },
    /** With the flush of the rollups, inside its commit. @returns a function to call when it is durable */
    flush(): () => void {
      const written = lateEnds.length;
      for (const key of lateEnds) events.removeLate(key);
      return () => {
        lateEnds = lateEnds.slice(written);
      };
    },
    /** Ends from a moment on, each task's doubt left out where it was resolved. */
    *endedSince(from: number): Generator<TaskEnded> {
      for (const row of events.endedSince(from)) {
        const ended = endedOf(row);
        if (ended.end === 'in-doubt' && events.lastEnd(row.runtime, row.task) > row.sequence) continue;
        yield ended;
      }
    },
    agents: (): ReadonlyMap<string, ForeignAgent> => agents,
    counts: (): IngestCounts => ({
      accepted: counts.get('accepted') ?? 0,
      duplicates: counts.get('duplicate') ?? 0,
      late: counts.get('late') ?? 0,
      dropped: counts.get('dropped') ?? 0,
    }),
  };
}

/** Accepted, started, ended: as far as clocks of two machines can say. */
function inSequence({ acceptedAt, startedAt, at }: EndedEvent): boolean {
  const begun = startedAt ?? acceptedAt;
  return acceptedAt <= begun + AHEAD_MS && begun <= at + AHEAD_MS;
}

function refusal(index: number, message: string, field?: string): Failure & { index: number } {
  return {
    index,
    code: 'BAD_INPUT',
    message,
    kept: 'This event is in no number.',
    todo: 'Mend it and send it again; GET /v1/openapi.json says what fits.',
    where: ['events', index, ...(field ? [field] : [])].join('.'),
  };
}

function rowOf({ event, agent, at }: Landing): EventRow {
  const { runtime, task, sequence, kind } = event;
  return {
    runtime,
    task,
    sequence,
    agent,
    type: event.type ?? DEFAULT_TYPE,
    kind,
    at,
    body: event.kind === 'ended' ? JSON.stringify(event) : '{}',
  };
}

/** @param row of an end */
function endedOf(row: EventRow, event = JSON.parse(row.body) as EndedEvent): TaskEnded {
  const { end, toolless } = event;
  return {
    kind: 'ended',
    end,
    firstAttempt: event.attempts === 1 && !event.marks.includes('retried'),
    type: row.type,
    ...(toolless === undefined ? {} : { toolless }),
    task: {
      id: row.task,
      agent: row.agent,
      key: null,
      state: end === 'timed-out' || end === 'rejected' ? 'failed' : end,
      waitKind: null,
      reason: null,
      priority: 0,
      acceptedAt: event.acceptedAt,
      runAt: null,
      startedAt: event.startedAt ?? null,
      endedAt: row.at,
      attempts: event.attempts,
      costUsd: event.costUsd,
      tokensIn: event.tokensIn,
      tokensOut: event.tokensOut,
      marks: event.marks,
      model: event.model ?? null,
    },
  };
}
