import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentSummary } from '#contract/agent.ts';
import { fail, succeed } from '#contract/errors.ts';
import type { Incident } from '#contract/incident.ts';
import type { Provider } from '#contract/provider.ts';
import type { Lane, Runtime, RuntimeEvent, RuntimeSnapshot, TaskEnded } from '#contract/runtime.ts';
import { settingsSchema } from '#contract/settings.ts';
import type { OutgoingNotice } from '../../electron/health/delivery/index.ts';
import { createHealth, type Health, type RulesInForce } from '../../electron/health/index.ts';
import type { SilenceRuntime } from '../../electron/health/silence/index.ts';
import { createCommitter } from '../../electron/store/committer.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { NIGHT } from './time.ts';

export { NIGHT };

export type TestHealth = {
  health: Health;
  folder: string;
  /** The desk's clock: it stands still until a test moves it. `setBack`: by so much it was set back, ms; no less passed. */
  clock: { now: number; setBack: number };
  /** While full it refuses every write, and counts how many. */
  disk: { full: boolean; refused: number };
  /** Rules of files cannot be read while this is so. */
  files: { broken: boolean };
  /** What people are told, oldest first. */
  notices: OutgoingNotice[];
  /** How often health said that something changed. */
  changes: () => number;
  emit(...events: RuntimeEvent[]): void;
  /** What the tasks on the disk would give again. */
  ended: TaskEnded[];
  setBreaker(provider: string, breaker: Provider['breaker'], change?: Partial<Provider>): void;
  setLane(agent: string, change: Partial<Lane>): void;
  /** Ends it and starts another on the same data; `meanwhile` happens while it is down. */
  restart(meanwhile?: () => void): Promise<void>;
  close(): Promise<void>;
};

/** Health on a real database, over a runtime that a test plays. @param given nightdesk.yaml */
export function startHealth(
  agents: Record<string, Partial<AgentSummary>>,
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-health-')),
  watched: Partial<SilenceRuntime> & { runtime?: Pick<Runtime, 'snapshot' | 'watch'> } = {},
  given: object = {},
): TestHealth {
  const clock = { now: NIGHT, setBack: 0 };
  const files = { broken: false };
  const rules: RulesInForce = { rules: [], inhibit: [], problems: [] };
  const disk = { full: false, refused: 0 };
  const ended: TaskEnded[] = [];
  const notices: OutgoingNotice[] = [];
  const settings = settingsSchema.parse(given);
  const providers = new Map<string, Provider>();
  const lanes = new Map<string, Lane>();
  const listeners = new Set<(events: RuntimeEvent[]) => void>();
  const summaries = Object.entries(agents).map(([name, change]) => ({ ...summaryOf(name), ...change }));
  let changes = 0;
  for (const { name, route } of summaries) {
    lanes.set(name, { agent: name, intake: 'open', intakeUntil: null, route, queued: 0, running: 0, waiting: 0 });
    for (const model of route) setProvider(model.split('/')[0] ?? '', {});
  }

  function setProvider(name: string, change: Partial<Provider>): Provider {
    const provider = { ...(providers.get(name) ?? providerOf(name)), ...change };
    providers.set(name, provider);
    return provider;
  }
  function snapshot(): RuntimeSnapshot {
    return {
      agents: summaries,
      lanes: [...lanes.values()],
      providers: [...providers.values()],
      interventions: [],
      integrations: [],
      spends: [],
      looping: [],
      workers: { wanted: 0, youngDeaths: 0 },
    };
  }

  /** Nothing of a played runtime falls silent, unless the test says so. */
  function silence(): SilenceRuntime {
    return {
      beats: () => ({ runtime: 'embedded', beatMs: 2_000, wanted: 0, workers: [] }),
      starts: () => [],
      canaries: () => [],
      input: () => succeed(null),
      submit: async () => succeed({ id: 't1', duplicate: false }),
      task: (id) => fail('NOT_FOUND', `There is no task ${id}.`, { kept: 'Nothing was changed.', todo: 'Look again.' }),
      ...watched,
    };
  }

  function open() {
    const opened = openDatabase(folder, clock.now);
    if (!opened.ok) throw new Error(opened.error.message);
    const { db } = opened.value;
    const committer = createCommitter(db);
    const health = createHealth({
      store: {
        db,
        commit: (work) =>
          committer.commit(() => {
            if (!disk.full) return work();
            disk.refused += 1;
            throw new Error('database or disk is full');
          }),
      },
      runtime: watched.runtime ?? {
        snapshot,
        watch(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      endedSince: (from) => ended.filter((each) => (each.task.endedAt ?? 0) >= from),
      changedSince: (from) => (from <= NIGHT ? ['invoice-triage'] : []),
      runbooksFor: (rule): Incident['runbooks'] =>
        rule === 'provider-breaker-open' ? [{ name: 'provider-down', title: 'Provider down' }] : [],
      openRun: () => null,
      runReports: () => [],
      audit: () => {},
      alertRules() {
        if (files.broken) throw new Error('the rules cannot be read');
        return rules;
      },
      settings: () => settings,
      silence: silence(),
      delivery: {
        put(notice) {
          notices.push(notice);
          return [];
        },
        signals: () => [],
      },
      dataFolder: folder,
      version: '0.0.0-test',
      log: () => {},
      rehearsal: false,
      now: () => clock.now,
      passed: () => clock.now + clock.setBack,
      random: () => 0.5,
      onChange: () => {
        changes += 1;
      },
    });
    health.start();
    return {
      health,
      async close() {
        await health.close();
        db.close();
      },
    };
  }

  let current = open();
  const emit = (...events: RuntimeEvent[]): void => {
    for (const listener of listeners) listener(events);
  };
  return {
    get health() {
      return current.health;
    },
    folder,
    clock,
    disk,
    files,
    notices,
    changes: () => changes,
    ended,
    emit(...events) {
      for (const event of events) if (event.kind === 'ended') ended.push(event);
      emit(...events);
    },
    setBreaker: (name, breaker, change) =>
      emit({ kind: 'provider', provider: setProvider(name, { breaker, since: clock.now, ...change }) }),
    setLane(agent, change) {
      const lane = lanes.get(agent);
      if (lane) lanes.set(agent, { ...lane, ...change });
    },
    async restart(meanwhile) {
      await current.close();
      meanwhile?.();
      current = open();
    },
    close: () => current.close(),
  };
}

/** An agent as a runtime lists it. */
export function summaryOf(name: string): AgentSummary {
  return {
    name,
    description: `What ${name} does.`,
    team: null,
    runtime: 'embedded',
    route: ['anthropic/claude', 'openai/gpt'],
    tools: [],
    concurrency: 4,
    attempts: 3,
    timeoutMs: 60_000,
    deadlineMs: 86_400_000,
    expectEveryMs: null,
    schedule: null,
    nextStartAt: null,
    budgetDailyUsd: null,
    objective: { success: 0.95, p95Ms: 30_000, windowMs: 2_592_000_000, failure: ['failed', 'incorrect'] },
    sample: { rate: 0.02, minimum: 3, most: 20, objective: 0.95, judge: null },
    intake: 'open',
    definition: 'hash',
    file: `/agents/${name}.md`,
    problems: [],
  };
}

function providerOf(name: string): Provider {
  return {
    name,
    kind: 'openai-compatible',
    configured: true,
    rehearsal: false,
    breaker: 'closed',
    since: NIGHT,
    probeAt: null,
    calls: 0,
    errors: 0,
    failedInRow: 0,
    lastHour: { calls: 0, errors: [] },
    lastError: null,
    fault: null,
    cooldownUntil: null,
    share: 1,
    inFlight: 0,
    atGate: 0,
    concurrency: null,
    rate: null,
  };
}
