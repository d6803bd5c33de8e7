import type { IncidentChart, IncidentStats } from '#contract/incident.ts';
import type { IncidentRow, Incidents } from '../../store/incident.ts';
import type { IncidentWork } from '../../store/incident-work.ts';
import { agentsOf, timesOf } from './incident.ts';
import type { ReviewFigures } from './review.ts';
import { impactOf, type Minute, minuteState, spansOf, statOf, worstOf } from './times.ts';

const MINUTE_MS = 60_000;
/** How far before an incident its first bad minute is looked for, ms. */
const IMPACT_MS = 6 * 3_600_000;
/** What stands before and after an incident on its chart, and the longest chart, ms. */
const BEFORE_MS = 30 * MINUTE_MS;
const AFTER_MS = 10 * MINUTE_MS;
const CHART_MS = 24 * 3_600_000;
/** Bars of a chart at most. */
const BARS = 240;
/** One that resolved is measured this much longer: late ends are counted, too, ms. */
const LATE_MS = 10 * MINUTE_MS;
/** Open ones are measured this often, ms. */
const EVERY_MS = 5_000;

export type MeasureOptions = {
  incidents: Incidents;
  work: IncidentWork;
  /** Good and bad ends of an agent by minute in [from, to), minutes without any left out. */
  minutes(agent: string, from: number, to: number): { start: number; good: number; bad: number }[];
  /** All agents, each with its objective. */
  objectives(): { agent: string; success: number }[];
  commit(work: () => void): Promise<void>;
  now(): number;
  log(message: string): void;
};

/** What incidents did to tasks, from the rollups. */
export function createMeasure(options: MeasureOptions) {
  const { incidents, work, now } = options;
  let measuredAt = Number.NEGATIVE_INFINITY;

  function concerned(row: IncidentRow): { agent: string; success: number }[] {
    const agents = agentsOf(row);
    return options.objectives().filter(({ agent }) => agents.length === 0 || agents.includes(agent));
  }

  function minuteOf(at: number): number {
    return Math.floor(at / MINUTE_MS) * MINUTE_MS;
  }

  /** How the minutes of these agents went in [from, until], oldest first. Those in which nothing ended say nothing, and are left out. */
  function minutesOf(agents: ReturnType<typeof concerned>, from: number, until: number): Minute[] {
    const states = new Map<number, Minute['state'][]>();
    for (const { agent, success } of agents) {
      for (const { start, good, bad } of options.minutes(agent, from, until + 1)) {
        const state = minuteState(good, bad, success);
        states.set(start, [...(states.get(start) ?? []), state]);
      }
    }
    return [...states]
      .toSorted(([a], [b]) => a - b)
      .map(([start, ofAgents]): Minute => ({ start, state: worstOf(ofAgents) }));
  }

  /** @param known minutes that were read in this look: the incidents of a storm concern the same agents at the same time */
  function timesNow(row: IncidentRow, known = new Map<string, Minute[]>()): ReturnType<typeof impactOf> {
    const agents = concerned(row);
    const until = Math.min(now(), row.resolved_at ?? Number.POSITIVE_INFINITY);
    // What was found before stands: one that is open for weeks is not read from its beginning every few seconds.
    const from = minuteOf(Math.max(row.opened_at - IMPACT_MS, until - 2 * IMPACT_MS));
    const name = JSON.stringify([from, until, agents.map(({ agent }) => agent)]);
    const minutes = known.get(name) ?? minutesOf(agents, from, until);
    known.set(name, minutes);
    return impactOf(minutes, row.opened_at);
  }

  /** Writes an incident's first bad minute and its end. Runs inside a commit. */
  function measure(row: IncidentRow): void {
    const { impactAt, mitigatedAt } = timesNow(row);
    // Once found it stands: minutes that are too old are forgotten.
    const impact = row.impact_at ?? impactAt;
    const mitigated = impactAt === null ? row.mitigated_at : mitigatedAt;
    if (impact !== row.impact_at || mitigated !== row.mitigated_at) work.setTimes(row.id, impact, mitigated);
  }

  function due(): IncidentRow[] {
    const lately = incidents.recent(50).filter((row) => row.resolved_at !== null && row.resolved_at > now() - LATE_MS);
    return [...incidents.open(), ...lately.filter((row) => row.merged_into === null)];
  }

  /** Ends of its agents in [from, to), each given to `add` with its minute. */
  function each(
    row: IncidentRow,
    from: number,
    to: number,
    add: (start: number, good: number, bad: number) => void,
  ): void {
    for (const { agent } of concerned(row)) {
      for (const { start, good, bad } of options.minutes(agent, from, to)) add(start, good, bad);
    }
  }

  return {
    measure,
    /** Measures what is open, a few times a minute. */
    tick(): void {
      if (now() >= measuredAt && now() < measuredAt + EVERY_MS) return;
      measuredAt = now();
      const known = new Map<string, Minute[]>();
      const rows = due().filter((row) => {
        const found = timesNow(row, known);
        const impact = row.impact_at ?? found.impactAt;
        return impact !== row.impact_at || (found.impactAt !== null && found.mitigatedAt !== row.mitigated_at);
      });
      if (rows.length === 0) return;
      options
        .commit(() => {
          for (const { id } of rows) {
            const row = incidents.one(id);
            if (row !== undefined) measure(row);
          }
        })
        // Measured again a little later.
        .catch((error: unknown) => options.log(`incident times could not be written: ${String(error)}`));
    },
    /** Ends of its agents from the first bad minute to its end. */
    figures(row: IncidentRow): ReviewFigures {
      const from = minuteOf(Math.min(row.impact_at ?? row.opened_at, row.opened_at));
      const sum = { ended: 0, failed: 0 };
      each(row, from, (row.resolved_at ?? now()) + 1, (_start, good, bad) => {
        sum.ended += good + bad;
        sum.failed += bad;
      });
      return sum;
    },
    chart(row: IncidentRow): IncidentChart {
      const to = minuteOf(Math.min(now(), (row.resolved_at ?? now()) + AFTER_MS)) + MINUTE_MS;
      const first = minuteOf(Math.min(row.impact_at ?? row.opened_at, row.opened_at) - BEFORE_MS);
      const from = Math.max(first, to - CHART_MS);
      const bucketMs = Math.ceil((to - from) / MINUTE_MS / BARS) * MINUTE_MS;
      const bars = Array.from({ length: Math.ceil((to - from) / bucketMs) }, () => ({ good: 0, bad: 0 }));
      each(row, from, to, (start, good, bad) => {
        const bar = bars[Math.floor((start - from) / bucketMs)];
        if (bar === undefined) return;
        bar.good += good;
        bar.bad += bad;
      });
      return { from, bucketMs, good: bars.map(({ good }) => good), bad: bars.map(({ bad }) => bad) };
    },
    /** Times of the incidents that opened in the last days; rehearsed ones apart. */
    stats(days: number, rehearsal: boolean): IncidentStats {
      const to = now();
      const from = to - days * 86_400_000;
      const spans = work.openedIn(from, to + 1, rehearsal).map((row) => spansOf(timesOf(row), to));
      return {
        from,
        to,
        rehearsal,
        incidents: spans.length,
        detect: statOf(spans.map(({ detect }) => detect)),
        mitigate: statOf(spans.map(({ mitigate }) => mitigate)),
        resolve: statOf(spans.map(({ resolve }) => resolve)),
      };
    },
  };
}
export type Measure = ReturnType<typeof createMeasure>;
