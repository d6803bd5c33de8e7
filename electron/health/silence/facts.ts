import type { AgentSummary } from '#contract/agent.ts';
import type { Lane, RuntimeSnapshot } from '#contract/runtime.ts';
import type { SilenceStore } from '../../store/silence.ts';
import { runningAt } from '../indicator/bucket.ts';
import { DAY_MS, HOUR_MS, type LiveRollups } from '../indicator/rollups.ts';
import type { AbsenceFacts } from './absence.ts';
import { endsOfBucket } from './count.ts';
import type { LaneMemory } from './lanes.ts';
import type { QueueFacts } from './queue.ts';
import type { Round } from './round.ts';

export type FactsOptions = {
  store: Pick<SilenceStore, 'firstSeen'>;
  lanes: LaneMemory;
  snapshot(): RuntimeSnapshot;
  rollups: Pick<LiveRollups, 'sum' | 'history'>;
};

/** What the rules on queues and absence are told of each agent. */
export function createFacts(options: FactsOptions) {
  const { store, lanes, rollups } = options;

  /** What the rules of one agent are told, the oldest of its queue left out: that takes the disk. */
  function of(agent: AgentSummary, view: Lane, since: number, at: number): QueueFacts & AbsenceFacts {
    lanes.look(view, at);
    const memory = lanes.of(agent.name);
    const week = rollups.sum('hour', agent.name, at - 7 * DAY_MS, at);
    // What is ahead of a clock that was set back happened before the desk began to look anew.
    const heard = (moment: number | null): number | null => (moment !== null && moment > at ? since : moment);
    const lastSuccessAt = heard(memory.lastSuccessAt ?? week.lastSuccessAt);
    return {
      agent: agent.name,
      paused: view.intake !== 'open',
      since,
      now: at,
      queued: view.queued,
      running: view.running,
      queuedSince: memory.queuedSince,
      lastEndAt: heard(memory.lastEndAt ?? week.lastEndAt),
      lastSuccessAt,
      p95Ms: runningAt(week, 0.95),
      timeoutMs: agent.timeoutMs,
      deadlineMs: agent.deadlineMs,
      expectEveryMs: agent.expectEveryMs,
      knownSince: lastSuccessAt ?? store.firstSeen(agent.name) ?? since,
      oldest: undefined,
      samples: memory.samples,
      endsIn: (hour) =>
        rollups
          .history('hour', agent.name, hour, hour + HOUR_MS)
          .reduce((sum, { bucket }) => sum + endsOfBucket(bucket), 0),
    };
  }

  return {
    /** The facts of those agents whose turn it is. */
    due(round: Round, since: number, at: number): (QueueFacts & AbsenceFacts)[] {
      const { agents, lanes: views } = options.snapshot();
      const byName = new Map(agents.map((agent) => [agent.name, agent]));
      const viewOf = new Map(views.map((view) => [view.agent, view]));
      return round.due([...byName.keys()], at).flatMap((name) => {
        const [agent, view] = [byName.get(name), viewOf.get(name)];
        return agent && view ? of(agent, view, since, at) : [];
      });
    },
  };
}
