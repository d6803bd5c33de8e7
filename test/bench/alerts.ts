import type { AgentSummary } from '#contract/agent.ts';
import { createAlertPart } from '../../electron/health/alert/index.ts';
import { countsOf } from '../../electron/health/indicator/bucket.ts';
import { createRollups, HOUR_MS, MINUTE_MS } from '../../electron/health/indicator/rollups.ts';
import { createObjectivePart } from '../../electron/health/objective/index.ts';
import { prepareIncidents } from '../../electron/store/incident.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { prepareRollups } from '../../electron/store/rollup.ts';
import { endedTask } from '../support/ended.ts';
import { summaryOf } from '../support/health.ts';
import { inFolder, percentile } from './measure.ts';

const AGENTS = 1_000;
/** One in so many fails: its burn rules hold, its alerts fire. */
const FAILING = 20;
/** Ends of each agent before the clock starts, in so many minutes of three days. */
const ENDS = 40;
const MINUTES = 8;
/** Seconds that are judged; the minute turns in them. */
const TICKS = 150;
/** Rules of one objective. */
const RULES = 4;
/** Tasks that end between two ticks. */
const ENDS_A_TICK = 200;

export type TickTimes = { p95: number; slowest: number; firing: number; signals: number };

/** How long one second's look at the objectives and alerts of a thousand agents takes, ms. The writes are in it. */
export function tickTimes(): Promise<TickTimes> {
  return inFolder(async (folder) => {
    const clock = { now: Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 30 * MINUTE_MS };
    const opened = openDatabase(folder, clock.now);
    if (!opened.ok) throw new Error(opened.error.message);
    const { db } = opened.value;
    const agents: AgentSummary[] = Array.from({ length: AGENTS }, (_, index) => summaryOf(`agent-${index}`));
    const snapshot = {
      agents,
      lanes: [],
      providers: [],
      interventions: [],
      integrations: [],
      spends: [],
      looping: [],
      workers: { wanted: 2, youngDeaths: 0 },
    };
    const now = () => clock.now;
    const rollups = createRollups(
      prepareRollups(db),
      (agent, at) => objectives.at(agent, at),
      (agent, start) => objectives.touch(agent, start),
    );
    const objectives = createObjectivePart({
      db,
      commit: async (work) => db.transaction(work)(),
      rollups: () => rollups,
      snapshot: () => snapshot,
      foreign: () => new Map(),
      overdueOf: () => 0,
      unknownOf: () => undefined,
      audit: () => {},
      now,
      onChange: () => {},
    });
    objectives.load();
    objectives.refresh();
    const incidents = prepareIncidents(db);
    const part = createAlertPart({
      db,
      incidents,
      rehearsal: false,
      audit: () => {},
      now,
      put: () => {},
      passed: now,
      write: (work, onDurable) => onDurable(db.transaction(work)()),
      keep: (work, onDurable = () => {}) => onDurable(db.transaction(work)()),
      commit: async (work) => db.transaction(work)(),
      settings: () => ({ page: ['pager'], ticket: ['mail'], escalate: [], environment: 'bench' }),
      onChange: () => {},
      snapshot: () => snapshot,
      rules: () => ({ rules: [], inhibit: [], problems: [] }),
      readings: {
        agents: () => [],
        objective: (agent) => objectives.inForce(agent),
        sum: (agent, from, until) => rollups.sum('minute', agent, from, until),
        now: () => null,
      },
      history: (agent, from, until) => rollups.history('minute', agent, from, until),
      preview: (agent) => objectives.preview({ agent }),
      runbooksFor: () => [],
    });

    function end(index: number, at: number, id: number): void {
      const bad = index % FAILING === 0 && Math.floor(id / AGENTS) % 2 === 0;
      rollups.count(
        endedTask({ id: `t${id}`, agent: `agent-${index}`, endedAt: at, state: bad ? 'failed' : 'succeeded' }),
      );
    }
    let id = 0;
    for (let n = 0; n < ENDS; n += 1) {
      // Most of it lately: the short windows have something in them, too.
      const at = clock.now - Math.round(((n % MINUTES) / MINUTES) ** 4 * 72 * HOUR_MS) - 1;
      for (let index = 0; index < AGENTS; index += 1) {
        id += 1;
        end(index, at, id);
      }
    }
    db.transaction(() => rollups.flush(clock.now))()();

    /** One second: what ended is counted before the clock of the bench starts, as it is by an event of its own. */
    function second(): { ms: number; signals: number } {
      clock.now += 1_000;
      for (let n = 0; n < ENDS_A_TICK; n += 1) {
        id += 1;
        end(id % AGENTS, clock.now, id);
      }
      const from = performance.now();
      const signals = objectives.signals(clock.now);
      part.judge(signals, true);
      return { ms: performance.now() - from, signals: signals.length };
    }
    // The windows of a thousand agents are read over the first seconds: success by three rules, and latency.
    while (second().signals < AGENTS * RULES);
    const ticks = Array.from({ length: TICKS }, second);
    const firing = part.open().filter(({ state }) => state === 'firing').length;
    const counted = countsOf(rollups.sum('hour', 'agent-0', clock.now - HOUR_MS, clock.now), ['failed']);
    if (firing < AGENTS / FAILING || counted.bad === 0)
      throw new Error(`only ${firing} alerts fire: nothing was judged`);
    db.close();
    const times = ticks.map(({ ms }) => ms);
    return { p95: percentile(times, 0.95), slowest: Math.max(...times), firing, signals: ticks.at(-1)?.signals ?? 0 };
  });
}
