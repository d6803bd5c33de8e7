import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '#contract/alert.ts';
import type { AuditEntry } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import { type Result, succeed } from '#contract/errors.ts';
import type { Rate } from '#contract/health.ts';
import type { TimelineEntry } from '#contract/incident.ts';
import type { RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import { type Settings, settingsSchema } from '#contract/settings.ts';
import { createNotify } from '../../electron/runbook/execute/notify.ts';
import { createRunbooks } from '../../electron/runbook/execute/runbooks.ts';
import type { Notify, Runbooks, Schedule } from '../../electron/runbook/types.ts';
import { openDatabase } from '../../electron/store/open.ts';
import { createTestRuntime, type TestRuntime } from '../support/runtime.ts';

export const ANA: Actor = { name: 'ana', via: 'console' };
export const BEN: Actor = { name: 'ben', via: 'console' };

/** A moment in the tests' calendar: 2026-11-24, 03:00 UTC. */
const START = Date.UTC(2026, 10, 24, 3);

/** Time that moves only when a test says so. */
function createClock() {
  let now = START;
  let timers: { at: number; call: () => void }[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const schedule: Schedule = (ms, call) => {
    const timer = { at: now + ms, call };
    timers.push(timer);
    return () => {
      timers = timers.filter((one) => one !== timer);
    };
  };
  return {
    now: () => now,
    schedule,
    /** Lets time pass, each timer at its moment. */
    pass: async (ms: number): Promise<void> => {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = Math.max(now, next.at);
        next.call();
        await settle();
      }
      now = end;
    },
    /** Time passes and nobody measures: a laptop that sleeps. */
    sleep: (ms: number): void => {
      now += ms;
    },
  };
}

export type Harness = {
  runbooks: Runbooks;
  runtime: TestRuntime;
  clock: ReturnType<typeof createClock>;
  folder: string;
  data: string;
  entries: TimelineEntry[];
  changes: number[];
  /** The lines of the desk's log. */
  logged: string[];
  /** What was written into the audit log. */
  audited: AuditEntry[];
  /** What success_rate measures; null for no data. */
  rate: { good: number; total: number };
  alerts: Map<number, Alert>;
  notify: { send: Notify };
  masking: { text(text: string): string };
  disk: { full: boolean };
  settings: Settings['runbooks'];
  /** Ends this desk as a crash would, and starts another on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

/** Runbooks on a real database and real files, an in-memory runtime and a clock that stands still. */
export async function openHarness(files: Record<string, string> = {}): Promise<Harness> {
  const data = mkdtempSync(join(tmpdir(), 'nightdesk-runbook-'));
  const folder = join(data, 'runbooks');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const clock = createClock();
  const runtime = createTestRuntime({
    agents: { triage: { route: ['anthropic', 'openai'], running: 2, queued: 30 }, drafts: { route: ['openai'] } },
    providers: ['anthropic', 'openai'],
    now: clock.now,
  });
  const alerts = new Map<number, Alert>([[7, breakerAlert(clock.now())]]);
  const rate = { good: 0, total: 0 };
  const notify = { send: createNotify(data, clock.now) };
  const masking = { text: (text: string) => text.replaceAll('s3cret', '***') };
  const disk = { full: false };
  const settings = settingsSchema.parse({}).runbooks;
  const entries: TimelineEntry[] = [];
  const changes: number[] = [];
  const logged: string[] = [];
  const audited: AuditEntry[] = [];

  function open() {
    const opened = openDatabase(data, clock.now());
    if (!opened.ok) throw new Error(opened.error.message);
    const { db } = opened.value;
    let alive = true;
    const runbooks = createRunbooks({
      store: {
        db,
        commit: async (work) => {
          if (!alive) return new Promise(() => {});
          if (disk.full) throw new Error('database or disk is full');
          return db.transaction(work)();
        },
        audit: (entry) => audited.push(entry),
      },
      folders: [folder],
      runtime,
      measure: {
        p95: () => null,
        oldest: () => null,
        rate: (): Rate => ({ ...rate, estimate: rate.total === 0 ? null : rate.good / rate.total, low: 0, high: 1 }),
        alertState: (rule) => (rule === 'provider-breaker-open' ? 'firing' : undefined),
      },
      alertFor: (incident) => alerts.get(incident),
      incident: (id) =>
        id === 7
          ? { title: 'anthropic is down', state: 'open', severity: 'sev2', openedAt: START, alerts: [] }
          : undefined,
      notify: (channel, text, key) => notify.send(channel, text, key),
      canaries: {
        known: () => succeed({ input: 'ping', expect: { answer: 'pong' } }),
        submit: async (agent, input, key) => succeed({ id: runtime.addTask(agent, input, key) }),
      },
      settings: () => settings,
      mask: (text) => masking.text(text),
      known: () => ({
        agents: ['triage', 'drafts'],
        providers: ['anthropic', 'openai'],
        alerts: ['provider-breaker-open'],
      }),
      rehearsal: false,
      now: clock.now,
      schedule: clock.schedule,
      log: (line) => logged.push(line),
      onChange: (ids) => changes.push(...ids),
      onEntry: (_incident, entry) => entries.push(entry),
    });
    return {
      runbooks,
      close: async () => {
        await runbooks.close();
        db.close();
      },
      die: () => {
        alive = false;
        db.close();
      },
    };
  }

  let desk = open();
  const dead: (typeof desk)[] = [];
  const harness: Harness = {
    ...{
      runtime,
      clock,
      folder,
      data,
      entries,
      changes,
      logged,
      audited,
      rate,
      alerts,
      notify,
      masking,
      disk,
      settings,
    },
    runbooks: desk.runbooks,
    restart: async () => {
      desk.die();
      dead.push(desk);
      desk = open();
      harness.runbooks = desk.runbooks;
      await desk.runbooks.resumeAll();
    },
    close: async () => {
      await desk.close();
      for (const one of dead) void one.runbooks.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
  return harness;
}

function breakerAlert(firedAt: number): Alert {
  return {
    id: 'a1',
    key: 'provider-breaker-open:anthropic',
    rule: 'provider-breaker-open',
    subject: 'anthropic',
    severity: 'page',
    covers: [],
    incident: 1,
    pendingSince: null,
    acknowledgedBy: null,
    acknowledgedUntil: null,
    escalated: 0,
    state: 'firing',
    summary: 'anthropic is down',
    labels: { agent: 'triage', provider: 'anthropic' },
    value: 'open',
    error: null,
    firedAt,
    resolvedAt: null,
  };
}

/** The value of a result; a failure fails the test with its message. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** The step of a run that is next. */
function nextStep(run: RunDetail): RunStep {
  const step = run.steps.find((one) => one.id === run.current);
  if (step === undefined) throw new Error('nothing is next');
  return step;
}

/** Drives one run by the step that is next. */
export function driver(harness: Harness, run: RunDetail) {
  const read = (): RunDetail => must(harness.runbooks.getRun(run.id));
  const tell = (command: RunCommand, by: Actor = ANA): Promise<Result<RunDetail>> =>
    harness.runbooks.command(run.id, command, by);
  return {
    id: run.id,
    read,
    tell,
    next: () => nextStep(read()),
    step: (index: number): RunStep => {
      const step = read().steps[index];
      if (step === undefined) throw new Error(`no step ${index}`);
      return step;
    },
    confirm: (by: Actor = ANA) => tell({ do: 'confirm', step: nextStep(read()).id }, by),
    skip: (reason = 'not needed now') => tell({ do: 'skip', step: nextStep(read()).id, reason }),
    checkOff: () => tell({ do: 'check-off', step: nextStep(read()).id }),
    answer: (choice: string) => tell({ do: 'answer', step: nextStep(read()).id, choice }),
    retry: () => tell({ do: 'retry', step: nextStep(read()).id }),
  };
}

/** Front matter of a live runbook on triage, then these lines. */
export function live(...lines: string[]): string {
  const head = ['---', 'runbook: 1', 'title: Test', 'match: { alert: provider-breaker-open }', 'inputs:'];
  const inputs = ['  agent: { type: agent, from: alert.labels.agent, default: triage }', 'reviewed: 2026-11-24', '---'];
  return [...head, ...inputs, '', ...lines, ''].join('\n');
}
