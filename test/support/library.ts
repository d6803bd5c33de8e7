import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import { vi } from 'vitest';
import type { Json } from '#contract/basic.ts';
import type { Incident } from '#contract/incident.ts';
import type { Contract } from '#contract/index.ts';
import type { Fault } from '#contract/provider.ts';
import type { RunDetail, RunStep } from '#contract/runbook.ts';
import { openDesk } from '../../electron/desk/index.ts';
import type { Connection } from '../../electron/desk/types.ts';
import type { ForkWorker } from '../../electron/runner/fork.ts';
import { forkWorker } from '../../electron/serve/fork.ts';
import { findHome } from '../../electron/serve/home.ts';
import { followWorkers, type Workers } from './library-workers.ts';
import { NIGHT } from './time.ts';

/*
 * The shipped runbooks as they are, on a whole desk in rehearsal: real store, runner, health, alerts and runbook engine, real
 * worker processes. The desk's clock is the test's: time passes only while every worker is idle, so that no test depends on
 * how fast this machine is, and a runbook that holds for minutes is proven in moments.
 */

const SHIPPED = fileURLToPath(new URL('../../runbooks', import.meta.url));
const AGENTS = fileURLToPath(new URL('./library-agents', import.meta.url));
/** Time that passes at once, ms: less than what the desk takes for a sleep of the machine. */
const STEP_MS = 5_000;
/** What does not come within so much of the desk's time never does, ms. */
const PATIENCE_MS = 2 * 3_600_000;

const realTimeout = globalThis.setTimeout;

export type Client = ContractRouterClient<Contract>;

export type LibraryDesk = {
  client: Client;
  /** The data folder. */
  folder: string;
  workers: Workers;
  /** Dials a fault into a provider; null takes it away. */
  fault(provider: string, fault: Partial<Fault> | null): Promise<void>;
  /** A switch of the agents: a file of this name in the data folder. */
  set(name: string, on: boolean): void;
  submit(agent: string, input: Json, count?: number): Promise<void>;
  /** Work that comes by itself from now on: one task in each span, ms. Null ends it. */
  traffic(work: { agent: string; input: Json; everyMs: number } | null): void;
  /** Lets time pass on the desk. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until there is a value. */
  until<T>(ready: () => T | undefined | false | null | Promise<T | undefined | false | null>): Promise<T>;
  /** Lets time pass until an alert of the rule fires. @returns its incident, which names the runbooks */
  fires(rule: string, runbook: string): Promise<Incident>;
  resolves(rule: string): Promise<void>;
  /** Runs the runbook on the incident to its end, as a person would who reads each plan. */
  carryOut(runbook: string, incident: Incident, hand?: Hand): Promise<RunDetail>;
  close(): Promise<void>;
};

/** What the person knows and does beside the desk. */
export type Hand = {
  inputs?: Record<string, string>;
  /** Answers by the name of the question. */
  answers?: Record<string, string>;
  /** What is done at a step, by its title: first this, then it is confirmed or checked off. */
  does?: Record<string, () => void | Promise<void>>;
};

/** A desk at three in the morning. @param agents of library-agents @param settings nightdesk.yaml */
export async function openLibraryDesk(agents: string[], settings: object = {}): Promise<LibraryDesk> {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-library-'));
  mkdirSync(join(folder, 'agents'));
  for (const agent of agents) cpSync(join(AGENTS, agent), join(folder, 'agents', agent), { recursive: true });
  writeFileSync(join(folder, 'nightdesk.yaml'), JSON.stringify(settings));
  vi.useFakeTimers({
    now: NIGHT,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  const workers = followWorkers(forkWorker);
  const opened = await meanwhile(
    openDesk({
      dataFolder: folder,
      agentFolders: [join(folder, 'agents')],
      runbookFolders: [SHIPPED],
      trial: null,
      rehearsal: true,
      trafficPerMinute: 0,
      workers: 1,
      upkeepEntry: findHome(import.meta.dirname).upkeepEntry,
      host: 'serve',
      version: 'test',
      user: 'ana',
      address: () => null,
      forkWorker: workers.fork satisfies ForkWorker,
      env: {},
      log: () => {},
    }),
  );
  if (!opened.ok) throw new Error(opened.error.message);
  const desk = opened.value;
  const context: Connection = { actor: { name: 'ana', via: 'console' }, person: 'ana', drained: async () => {} };
  const client = createRouterClient(desk.router, { context }) as Client;
  const faulty = await client.agents.problems();
  if (faulty.length > 0) throw new Error(faulty.map(({ message }) => message).join('; '));
  let traffic: { agent: string; input: Json; everyMs: number; nextAt: number } | null = null;

  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      await vi.advanceTimersByTimeAsync(Math.min(left, STEP_MS));
      if (traffic !== null && Date.now() >= traffic.nextAt) {
        traffic.nextAt = Date.now() + traffic.everyMs;
        await client.tasks.submit({ agent: traffic.agent, input: traffic.input }).catch(() => {});
      }
      await workers.idle();
    }
  }

  async function until<T>(
    ready: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  ): Promise<T> {
    const last = Date.now() + PATIENCE_MS;
    for (;;) {
      const value = await ready();
      if (value !== undefined && value !== false && value !== null) return value;
      if (Date.now() > last) throw new Error(`it did not come true in two hours: ${ready}`);
      await pass(STEP_MS);
    }
  }

  const library: LibraryDesk = {
    client,
    folder,
    workers,
    fault: async (provider, fault) => {
      const whole = fault === null ? null : { down: false, errorRate: 0, latencyMs: 0, ...fault };
      await client.providers.fault({ provider, fault: whole });
    },
    set(name, on) {
      if (on) writeFileSync(join(folder, name), '');
      else if (existsSync(join(folder, name))) rmSync(join(folder, name));
    },
    async submit(agent, input, count = 1) {
      for (let n = 0; n < count; n += 1) await client.tasks.submit({ agent, input });
      await workers.idle();
    },
    traffic: (work) => {
      traffic = work === null ? null : { ...work, nextAt: Date.now() };
    },
    pass,
    until,
    async fires(rule, runbook) {
      const alert = await until(async () =>
        (await client.alerts.list({ all: false })).find((one) => one.rule === rule && one.state === 'firing'),
      );
      const incident = await until(async () =>
        (await client.incidents.list({ open: true })).find(({ id }) => id === alert.incident),
      );
      const names = incident.runbooks.map(({ name }) => name);
      if (!names.includes(runbook))
        throw new Error(`${rule} names ${names.join(', ') || 'no runbook'}, not ${runbook}`);
      return incident;
    },
    async resolves(rule) {
      await until(async () => (await client.alerts.list({ all: false })).every((alert) => alert.rule !== rule));
    },
    carryOut: (runbook, incident, hand = {}) => carryOut(library, runbook, incident, hand),
    async close() {
      await meanwhile(desk.close());
      vi.useRealTimers();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  // The desk looks without a break for long enough to judge what does not come.
  await workers.idle();
  await pass(70_000);
  return library;
}

/** Waits for what needs the desk's timers to go on. */
async function meanwhile<T>(work: Promise<T>): Promise<T> {
  let done = false;
  const ended = work.finally(() => {
    done = true;
  });
  while (!done) {
    await vi.advanceTimersByTimeAsync(100);
    await new Promise((resolve) => realTimeout(resolve, 2));
  }
  return ended;
}

async function carryOut(desk: LibraryDesk, runbook: string, incident: Incident, hand: Hand): Promise<RunDetail> {
  const { client } = desk;
  const { id } = await client.runs.start({ runbook, incident: incident.id, inputs: hand.inputs ?? {} });
  const does = new Map(Object.entries(hand.does ?? {}));
  for (;;) {
    const run = await client.runs.get({ id });
    if (run.endedAt !== null) {
      if (does.size > 0) throw new Error(`these steps never came: ${[...does.keys()].join(', ')}`);
      return run;
    }
    const step = run.steps.find((one) => one.id === run.current);
    if (step === undefined) throw new Error(`nothing is left to do, and it has not recovered: ${stood(run)}`);
    if (step.state === 'acting' || step.state === 'checking') {
      await desk.pass(STEP_MS);
      continue;
    }
    if (step.state !== 'todo') throw new Error(`${step.id} is ${step.state}: ${step.seen}; ${stood(run)}`);
    const title = step.title.replaceAll('**', '');
    await does.get(title)?.();
    does.delete(title);
    await client.runs.command({ id, command: commandFor(run, step, hand) });
    await desk.workers.idle();
  }
}

function commandFor(run: RunDetail, step: RunStep, hand: Hand) {
  const [, question] = /^ask \w+ (\S+)/.exec(step.directive ?? '') ?? [];
  if (question !== undefined) {
    const choice = hand.answers?.[question];
    if (choice === undefined) throw new Error(`nobody knows an answer to ${question}`);
    return { do: 'answer', step: step.id, choice } as const;
  }
  if (!step.live) return { do: 'check-off', step: step.id } as const;
  const planHash = step.plan?.hash;
  return {
    do: 'confirm',
    step: step.id,
    ...(planHash === undefined ? {} : { planHash }),
    ...(step.confirm === 'type' && run.agent !== null ? { typed: run.agent } : {}),
  } as const;
}

function stood(run: RunDetail): string {
  return run.steps.map((step) => `${step.id} ${step.state}${step.seen === null ? '' : ` (${step.seen})`}`).join('; ');
}
