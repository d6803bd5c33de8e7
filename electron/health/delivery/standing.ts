import type { OutboxStore, StandingRow } from '../../store/outbox.ts';
import { type Signal, shipped } from '../alert/rules.ts';

/*
 * How each route stands: in memory for the signals of every second, and on the disk with what made it so.
 */

/** A route that failed once may have had a bad moment: it fails when it goes on for this long, ms. */
const PATIENCE_MS = 30_000;

export type Standings = {
  of(route: string): StandingRow;
  all(): StandingRow[];
  /** How it stands after a message was taken, or not. Kept once that is on the disk. */
  worked(route: string): StandingRow;
  failed(route: string, why: string): StandingRow;
  keep(row: StandingRow): void;
};

export function createStandings(store: OutboxStore, now: () => number): Standings {
  const known = new Map(store.standings().map((row) => [row.route, row]));

  function of(route: string): StandingRow {
    return known.get(route) ?? { route, failing_since: null, failures: 0, last_sent_at: null, last_error: null };
  }
  return {
    of,
    all: () => [...known.values()],
    worked: (route) => ({ ...of(route), failing_since: null, failures: 0, last_sent_at: now() }),
    failed(route, why) {
      const before = of(route);
      // A clock that was set back does not make it fail from later on.
      const since = Math.min(before.failing_since ?? now(), now());
      return { ...before, failing_since: since, failures: before.failures + 1, last_error: why };
    },
    keep(row) {
      known.set(row.route, row);
    },
  };
}

/** What a route's standing says to the rule route-failing. @param due messages that wait. @param known whether the settings name it */
export function routeSignal(row: StandingRow, due: number, known: boolean, now: number): Signal {
  const { route, failing_since, failures, last_error } = row;
  const failing = failing_since !== null && (known || due > 0);
  return {
    ...shipped('route-failing'),
    subject: `route:${route}`,
    event: !failing ? 'cleared' : now - failing_since >= PATIENCE_MS ? 'holds' : 'uncertain',
    title: `Messages to ${route} are not taken: ${due} ${due === 1 ? 'waits' : 'wait'}`,
    fires: `the route ${route} fails`,
    clears: failing_since === null ? `the route ${route} takes messages again` : `the route ${route} is gone`,
    agents: [],
    labels: { route },
    value: `${failures} ${failures === 1 ? 'attempt' : 'attempts'} failed, ${due} due`,
    error: last_error,
  };
}
