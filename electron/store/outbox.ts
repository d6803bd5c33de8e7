import type { DeliveryKind } from '#contract/delivery.ts';
import type { Database } from './open.ts';

/** A message to one route. */
export type DeliveryRow = {
  id: number;
  /** Of this message alone, for ever: a receiver knows a repeat by it. */
  uid: string;
  route: string;
  kind: DeliveryKind;
  /** Messages of one route and key arrive in order. */
  dedup: string;
  alert: string | null;
  incident: number | null;
  title: string;
  /** What is said, as JSON. */
  body: string;
  state: 'due' | 'sent' | 'refused' | 'dropped';
  attempts: number;
  /** 1: it was sent and no answer is known; it may have arrived. */
  in_doubt: number;
  made_at: number;
  next_at: number;
  ended_at: number | null;
  error: string | null;
};

/** How a route stands. */
export type StandingRow = {
  route: string;
  failing_since: number | null;
  /** Attempts that failed, one after the other. */
  failures: number;
  last_sent_at: number | null;
  last_error: string | null;
};

type NewDelivery = Pick<
  DeliveryRow,
  'uid' | 'route' | 'kind' | 'dedup' | 'alert' | 'incident' | 'title' | 'body' | 'made_at'
>;

/** Statements on messages and routes. They run inside the caller's transaction. */
export function prepareOutbox(db: Database) {
  const insert = db.prepare<unknown[]>(
    `INSERT INTO delivery (uid, route, kind, dedup, alert, incident, title, body, state, attempts, in_doubt, made_at, next_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'due', 0, 0, ?, ?)`,
  );
  const supersede = db.prepare<unknown[]>(
    `UPDATE delivery SET state = 'dropped', ended_at = ?, error = ?
     WHERE route = ? AND dedup = ? AND state = 'due' AND in_doubt = 0 AND kind <> 'resolve'`,
  );
  const next = db.prepare<[string], DeliveryRow>(
    `SELECT * FROM delivery AS one WHERE route = ? AND state = 'due' AND NOT EXISTS (
       SELECT 1 FROM delivery AS other
       WHERE other.route = one.route AND other.dedup = one.dedup AND other.state = 'due' AND other.id < one.id)
     ORDER BY next_at, id LIMIT 1`,
  );
  const one = db.prepare<[number], DeliveryRow>('SELECT * FROM delivery WHERE id = ?');
  const begin = db.prepare<[number]>(
    `UPDATE delivery SET attempts = attempts + 1, in_doubt = 1 WHERE id = ? AND state = 'due'`,
  );
  const end = db.prepare<unknown[]>(
    `UPDATE delivery SET state = ?, ended_at = ?, error = ?, in_doubt = 0 WHERE id = ? AND state = 'due'`,
  );
  const postpone = db.prepare<unknown[]>(
    `UPDATE delivery SET next_at = ?, error = ?, in_doubt = max(?, min(in_doubt, ?)) WHERE id = ? AND state = 'due'`,
  );
  const hurry = db.prepare<[number, string]>(
    `UPDATE delivery SET next_at = min(next_at, ?) WHERE route = ? AND state = 'due'`,
  );
  const due = db.prepare<[], { route: string; due: number }>(
    `SELECT route, count(*) AS due FROM delivery WHERE state = 'due' GROUP BY route`,
  );
  const list = db.prepare<unknown[], DeliveryRow>(
    `SELECT * FROM delivery WHERE (? IS NULL OR route = ?) AND (? IS NULL OR state = ?) ORDER BY id DESC LIMIT ?`,
  );
  const newestSent = db.prepare<[string, number, number], DeliveryRow>(
    `SELECT * FROM delivery WHERE route = ? AND state = 'sent' AND ended_at >= ? ORDER BY id DESC LIMIT ?`,
  );
  const forget = db.prepare<[number, number]>(
    `DELETE FROM delivery WHERE id IN (
       SELECT id FROM delivery INDEXED BY delivery_ended
       WHERE state <> 'due' AND ended_at < ? AND id NOT IN (SELECT delivery FROM route_firing) LIMIT ?)`,
  );
  const standings = db.prepare<[], StandingRow>('SELECT * FROM route_standing');
  const stand = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO route_standing (route, failing_since, failures, last_sent_at, last_error) VALUES (?, ?, ?, ?, ?)',
  );
  const burn = db.prepare<unknown[]>('INSERT OR REPLACE INTO route_firing (route, dedup, delivery) VALUES (?, ?, ?)');
  const quench = db.prepare<[string, string]>('DELETE FROM route_firing WHERE route = ? AND dedup = ?');
  const firing = db.prepare<[string], DeliveryRow>(
    `SELECT delivery.* FROM route_firing JOIN delivery ON delivery.id = route_firing.delivery
     WHERE route_firing.route = ? AND NOT EXISTS (
       SELECT 1 FROM delivery AS over
       WHERE over.route = route_firing.route AND over.dedup = route_firing.dedup AND over.state = 'due' AND over.kind = 'resolve')`,
  );
  const told = db.prepare<[string, string], DeliveryRow>(
    `SELECT delivery.* FROM route_firing JOIN delivery ON delivery.id = route_firing.delivery
     WHERE route_firing.route = ? AND route_firing.dedup = ?`,
  );

  return {
    insert(row: NewDelivery): number {
      const { uid, route, kind, dedup, alert, incident, title, body, made_at } = row;
      return Number(
        insert.run(uid, route, kind, dedup, alert, incident, title, body, made_at, made_at).lastInsertRowid,
      );
    },
    /** What was certainly never shown, and is over now, is not said any more. */
    supersede: (route: string, dedup: string, at: number, why: string): void => {
      supersede.run(at, why, route, dedup);
    },
    /** The message to send next: the first of its key, the earliest due. */
    next: (route: string): DeliveryRow | undefined => next.get(route),
    one: (id: number): DeliveryRow | undefined => one.get(id),
    /** Before it is sent: from here on it may have arrived. @returns false when it is not to be sent any more */
    begin: (id: number): boolean => begin.run(id).changes === 1,
    end: (id: number, state: 'sent' | 'refused' | 'dropped', at: number, error: string | null): void => {
      end.run(state, at, error, id);
    },
    /** @param doubt whether it may have arrived; null leaves that as it is */
    postpone: (id: number, nextAt: number, error: string, doubt: boolean | null): void => {
      postpone.run(nextAt, error, doubt === true ? 1 : 0, doubt === null ? 1 : 0, id);
    },
    /** Whatever waits for its next attempt is tried now. */
    hurry: (route: string, now: number): void => {
      hurry.run(now, route);
    },
    due: (): { route: string; due: number }[] => due.all(),
    list: (route: string | null, state: string | null, limit: number): DeliveryRow[] =>
      list.all(route, route, state, state, limit),
    newestSent: (route: string, since: number, limit: number): DeliveryRow[] => newestSent.all(route, since, limit),
    /** Removes what ended before. @returns rows removed */
    forget: (before: number, rows: number): number => forget.run(before, rows).changes,
    standings: (): StandingRow[] => standings.all(),
    stand: (row: StandingRow): void => {
      stand.run(row.route, row.failing_since, row.failures, row.last_sent_at, row.last_error);
    },
    /** The route was told that this fires, and has to hear it again until it is over. */
    burn: (route: string, dedup: string, delivery: number): void => {
      burn.run(route, dedup, delivery);
    },
    quench: (route: string, dedup: string): void => {
      quench.run(route, dedup);
    },
    /** What the route was told last of each that still fires. */
    firing: (route: string): DeliveryRow[] => firing.all(route),
    told: (route: string, dedup: string): DeliveryRow | undefined => told.get(route, dedup),
  };
}
export type OutboxStore = ReturnType<typeof prepareOutbox>;

/** An alert that another system told of. */
export type OutsideRow = { fingerprint: string; body: string; heard_at: number };

/** Statements on alerts of other systems. They run inside the caller's transaction. */
export function prepareOutside(db: Database) {
  const write = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO outside_alert (fingerprint, body, heard_at) VALUES (?, ?, ?)',
  );
  const all = db.prepare<[], OutsideRow>('SELECT * FROM outside_alert ORDER BY fingerprint');
  const remove = db.prepare<[string, number]>('DELETE FROM outside_alert WHERE fingerprint = ? AND heard_at = ?');
  return {
    write: (row: OutsideRow): void => {
      write.run(row.fingerprint, row.body, row.heard_at);
    },
    all: (): OutsideRow[] => all.all(),
    /** Unless it was heard of since. */
    remove: (fingerprint: string, heardAt: number): void => {
      remove.run(fingerprint, heardAt);
    },
  };
}
