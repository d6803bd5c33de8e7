import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareAlerts } from '../../electron/store/alert.ts';
import { prepareIncidents } from '../../electron/store/incident.ts';
import { type Database, openDatabase } from '../../electron/store/open.ts';

/** What a busy small team has: enough agents that the board scrolls. */
const AGENTS = Array.from({ length: 20 }, (_, index) => `agent-${String(index + 1).padStart(2, '0')}`);
const WEEK_MS = 7 * 86_400_000;
/** Shares of the tasks that did not simply succeed. */
const SHARES = { queued: 0.01, waiting: 0.005, failed: 0.02, cancelled: 0.005, inDoubt: 0.001 };
/** A prime, so that the rolls do not keep step with the agents. */
const ROLLS = 1_009;
const INCIDENTS = { resolved: 200, open: 3, entries: 60 };

/** The agents of a seeded store. */
export const SEEDED_AGENTS: readonly string[] = AGENTS;

/**
 * Fills a data folder: the agents' files, so many tasks spread evenly over the last seven days, and incidents. Every lane
 * is paused, so that the desk that opens the folder reads and does not work. Rollups are left for the desk to make from
 * the tasks, as it does after a crash.
 * @returns what it took, and the size of the file
 */
export function seedFolder(folder: string, tasks: number, now: number): { ms: number; bytes: number } {
  const began = performance.now();
  mkdirSync(join(folder, 'agents'), { recursive: true });
  for (const agent of AGENTS) writeFileSync(join(folder, 'agents', `${agent}.md`), agentFile(agent));
  const opened = openDatabase(folder, now);
  if (!opened.ok) throw new Error(opened.error.message);
  const { db } = opened.value;
  // Nothing here need outlive a crash.
  db.pragma('synchronous = OFF');
  db.transaction(() => {
    seedTasks(db, tasks, now);
    seedLanes(db, now);
    seedIncidents(db, now);
  })();
  db.close();
  return { ms: performance.now() - began, bytes: statSync(join(folder, 'nightdesk.db')).size };
}

function agentFile(name: string): string {
  return `---\nname: ${name}\ndescription: One of many.\nmodel: rehearsal/none\nnightdesk:\n  intake: { queue: 2000000 }\n---\nAnswer.\n`;
}

/** One statement inside SQLite, without a row of it passing through JavaScript: seconds for a million. */
function seedTasks(db: Database, tasks: number, now: number): void {
  const bounds = cumulative([SHARES.queued, SHARES.waiting, SHARES.failed, SHARES.cancelled, SHARES.inDoubt]);
  db.prepare(
    `WITH RECURSIVE
      n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @tasks),
      -- Multiplying by primes mixes the states and agents evenly, and the same in each run.
      t AS (
        SELECT i, (i * 7919) % @rolls AS roll, (i * 104729) % 20 + 1 AS agent, 200 + (i * 6151) % 9000 AS took,
          @now - @span + CAST(i * (@span * 1.0 / @tasks) AS INTEGER) AS ended
        FROM n
      ),
      s AS (
        SELECT *, CASE WHEN roll < @queued THEN 'queued' WHEN roll < @waiting THEN 'waiting' WHEN roll < @failed THEN 'failed'
          WHEN roll < @cancelled THEN 'cancelled' WHEN roll < @inDoubt THEN 'in-doubt' ELSE 'succeeded' END AS state
        FROM t
      )
    INSERT INTO task (id, agent, key, state, priority, accepted_at, run_at, wait_kind, started_at, claimed_at, ended_at,
      attempts, failures, worker, cost_usd, tokens_in, tokens_out, marks, model, reason, error, input, output)
    SELECT i, printf('agent-%02d', agent), printf('order-%08d', i), state, 0, ended - took, NULL,
      iif(state = 'waiting', 'person', NULL),
      iif(state IN ('queued', 'waiting'), NULL, ended - took / 2), iif(state IN ('queued', 'waiting'), NULL, ended - took / 2),
      iif(state IN ('queued', 'waiting'), NULL, ended), 1, iif(state = 'failed', 1, 0), NULL, 0.0021, 1800, 240, 0,
      'rehearsal/none', iif(state = 'failed', 'the provider answered 500', NULL),
      iif(state = 'failed', '{"class":"transient","message":"the provider answered 500","status":500}', NULL),
      '{"order":' || i || ',"text":"A customer asks where the parcel is that was sent last week to the old address."}',
      iif(state = 'succeeded', '{"decision":"answered","reason":"The parcel waits at the post office."}', NULL)
    FROM s`,
  ).run({ tasks, now, span: WEEK_MS, rolls: ROLLS, ...bounds });
}

function seedLanes(db: Database, now: number): void {
  const pause = db.prepare(`INSERT INTO lane (agent, intake, intake_since, intake_by) VALUES (?, 'paused', ?, ?)`);
  for (const agent of AGENTS) pause.run(agent, now, '{"name":"bench","via":"cli"}');
}

function seedIncidents(db: Database, now: number): void {
  const incidents = prepareIncidents(db);
  const alerts = prepareAlerts(db);
  for (let n = 0; n < INCIDENTS.resolved + INCIDENTS.open; n += 1) {
    const isOpen = n >= INCIDENTS.resolved;
    const at = now - WEEK_MS + n * 3_000_000;
    // A provider that no agent has: nothing judges it again.
    const subject = `former-${n % 5}`;
    const agents = JSON.stringify(AGENTS.slice(n % 10, (n % 10) + 5));
    const id = incidents.insert(`${subject} is down`, at, agents, false, 'sev2');
    const resolvedAt = isOpen ? null : at + 600_000;
    alerts.write({
      id: `provider-breaker-open:${subject}:${at}`,
      incident: id,
      rule: 'provider-breaker-open',
      subject,
      state: isOpen ? 'firing' : 'resolved',
      summary: `${subject} is down`,
      labels: JSON.stringify({ provider: subject, agent: AGENTS[n % 10] }),
      value: '84 % errors of 120 calls in 1 min',
      error: 'the provider answered 500',
      fired_at: at,
      resolved_at: resolvedAt,
      key: `seed-${n}`,
      kind: 'provider-breaker',
      severity: 'page',
      pending_since: null,
      acknowledged_at: null,
      acknowledged_by: null,
      escalated: 0,
      told: 0,
    });
    for (let entry = 0; entry < INCIDENTS.entries; entry += 1) {
      incidents.writeEntry({
        incident: id,
        at: at + entry * 5_000,
        kind: 'note',
        text: `Looked at ${entry}`,
        actor: null,
      });
    }
    const row = incidents.one(id);
    if (row && !isOpen) incidents.update({ ...row, state: 'resolved', resolved_at: resolvedAt });
  }
}

/** Shares as thresholds of a roll, by the statement's names. */
function cumulative(shares: number[]): Record<'queued' | 'waiting' | 'failed' | 'cancelled' | 'inDoubt', number> {
  let sum = 0;
  const [queued = 0, waiting = 0, failed = 0, cancelled = 0, inDoubt = 0] = shares.map((share) => {
    sum += share * ROLLS;
    return Math.round(sum);
  });
  return { queued, waiting, failed, cancelled, inDoubt };
}
