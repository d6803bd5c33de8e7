/*
 * Trying an agent out: one task, on a desk of its own whose data folder is thrown away. In rehearsal its script plays the
 * model; its tools run as they are.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import type { Json } from '#contract/basic.ts';
import { type Result, succeed } from '#contract/errors.ts';
import type { Contract } from '#contract/index.ts';
import type { Settings } from '#contract/settings.ts';
import { hasEnded, type TaskDetail, type WaitKind } from '#contract/task.ts';
import { openDesk } from './index.ts';
import type { Connection, ForkWorker } from './types.ts';

/** How long one look at the task waits for its end, ms. */
const LOOK_MS = 200;

/** Waits that end by themselves. */
const MOVES_ON: ReadonlySet<WaitKind> = new Set(['delayed', 'backoff', 'sleep']);

export type TryOptions = {
  /** The agent file. */
  file: string;
  agent: string;
  input: Json;
  /** Real providers, and what they cost. */
  real: boolean;
  /** Of the data folder that the agent will live in: MCP servers and providers. */
  settings: Settings;
  withinMs: number;
  user: string;
  version: string;
  forkWorker: ForkWorker;
  upkeepEntry: string;
  env: NodeJS.ProcessEnv;
};

/** @returns the task at its end, or where it waits for somebody, or as it stands when the time is up */
export async function tryAgent(options: TryOptions): Promise<Result<TaskDetail>> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'nightdesk-try-'));
  const { file, settings } = options;
  const folder = dirname(file);
  try {
    const opened = await openDesk({
      dataFolder,
      agentFolders: [file.endsWith('/agent.md') || file.endsWith('\\agent.md') ? dirname(folder) : folder],
      trial: { file, settings: { ...settings, agents: [] } },
      runbookFolders: [],
      rehearsal: !options.real,
      trafficPerMinute: 0,
      workers: 1,
      host: 'serve',
      version: options.version,
      user: options.user,
      address: () => null,
      forkWorker: options.forkWorker,
      upkeepEntry: options.upkeepEntry,
      log: () => {},
      env: options.env,
    });
    if (!opened.ok) return opened;
    const desk = opened.value;
    try {
      const context: Connection = {
        actor: { name: options.user, via: 'cli' },
        person: options.user,
        drained: async () => {},
      };
      const client = createRouterClient(desk.router, { context }) as ContractRouterClient<Contract>;
      const { id } = await client.tasks.submit({ agent: options.agent, input: options.input });
      return succeed(await follow(client, id, options.withinMs));
    } finally {
      await desk.close();
    }
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function follow(client: ContractRouterClient<Contract>, id: string, withinMs: number): Promise<TaskDetail> {
  const until = performance.now() + withinMs;
  for (;;) {
    const left = until - performance.now();
    const task = await client.tasks.wait({ id, withinMs: Math.max(0, Math.min(LOOK_MS, Math.round(left))) });
    if (hasEnded(task.state) || left <= 0 || waitsForSomebody(task)) return task;
  }
}

/** Nothing in the trial will move it on. */
function waitsForSomebody({ state, waitKind }: TaskDetail): boolean {
  return state === 'in-doubt' || (state === 'waiting' && waitKind !== null && !MOVES_ON.has(waitKind));
}
