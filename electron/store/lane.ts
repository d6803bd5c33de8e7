import type { Database } from 'better-sqlite3';
import type { IntakeState } from '#contract/agent.ts';

/** The control record of an agent's lane: what pause, drain and reroute change. */
export type LaneRow = {
  agent: string;
  intake: IntakeState;
  intake_since: number | null;
  intake_until: number | null;
  intake_by: string | null;
  /** What the desk paused it for, as `budget` or `critical:ledger`; null when a person did. */
  intake_reason: string | null;
  /** What `set` put in place of the agent file's values; null for the file's own. */
  set_concurrency: number | null;
  set_budget_usd: number | null;
  set_since: number | null;
  set_until: number | null;
  set_by: string | null;
  route_to: string | null;
  /** Of the tasks, in (0, 1], that take it. */
  route_share: number;
  route_since: number | null;
  route_until: number | null;
  route_by: string | null;
};

/** Statements on lanes, actions taken, providers and pinned definitions. They run inside the caller's transaction. */
export function prepareControl(db: Database) {
  const lanes = db.prepare<[], LaneRow>('SELECT * FROM lane');
  const writeLane = db.prepare<unknown[]>(
    `INSERT OR REPLACE INTO lane (agent, intake, intake_since, intake_until, intake_by, intake_reason, set_concurrency, set_budget_usd, set_since, set_until, set_by, route_to, route_share, route_since, route_until, route_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const actionByKey = db.prepare<[string], { action: string; accepted_at: number }>(
    'SELECT action, accepted_at FROM action_key WHERE key = ?',
  );
  const writeAction = db.prepare<unknown[]>('INSERT INTO action_key (key, action, accepted_at) VALUES (?, ?, ?)');
  const providers = db.prepare<[], { name: string; body: string }>('SELECT name, body FROM provider');
  const writeProvider = db.prepare<unknown[]>('INSERT OR REPLACE INTO provider (name, body) VALUES (?, ?)');
  const writeDefinition = db.prepare<unknown[]>(
    'INSERT INTO definition (hash, agent, body, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const definition = db.prepare<[string], { body: string }>('SELECT body FROM definition WHERE hash = ?');
  const newestDefinition = db.prepare<[string], { hash: string }>(
    'SELECT hash FROM definition WHERE agent = ? ORDER BY seen_at DESC LIMIT 1',
  );
  const changed = db.prepare<[number], { agent: string }>(
    `SELECT DISTINCT agent FROM definition AS new WHERE seen_at >= ? AND EXISTS (SELECT 1 FROM definition AS old WHERE old.agent = new.agent AND old.seen_at < new.seen_at)`,
  );
  return {
    /** Agents with a definition first seen since then that had another one before. */
    changedSince: (from: number): string[] => changed.all(from).map((row) => row.agent),
    lanes: (): LaneRow[] => lanes.all(),
    writeLane: (row: LaneRow): void => {
      writeLane.run(
        row.agent,
        row.intake,
        row.intake_since,
        row.intake_until,
        row.intake_by,
        row.intake_reason,
        row.set_concurrency,
        row.set_budget_usd,
        row.set_since,
        row.set_until,
        row.set_by,
        row.route_to,
        row.route_share,
        row.route_since,
        row.route_until,
        row.route_by,
      );
    },
    actionByKey: (key: string) => actionByKey.get(key),
    writeAction: (key: string, action: string, acceptedAt: number): void => {
      writeAction.run(key, action, acceptedAt);
    },
    providers: () => providers.all(),
    writeProvider: (name: string, body: string): void => {
      writeProvider.run(name, body);
    },
    writeDefinition: (hash: string, agent: string, body: string, seenAt: number): void => {
      writeDefinition.run(hash, agent, body, seenAt);
    },
    definition: (hash: string): string | undefined => definition.get(hash)?.body,
    /** The hash of the one that was seen last. */
    newestDefinition: (agent: string): string | null => newestDefinition.get(agent)?.hash ?? null,
  };
}
export type Control = ReturnType<typeof prepareControl>;
