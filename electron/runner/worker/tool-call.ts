import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDefinition } from '#contract/agent.ts';
import type { Json } from '#contract/basic.ts';
import type { Tool, ToolContext } from './agent-api.ts';
import { approvedInput } from './approval.ts';
import type { AskPerson } from './ask.ts';
import type { IntegrationGate } from './integration-gate.ts';
import type { Journal } from './journal.ts';
import { isMcpTool, type Mcp, type McpToolOfAgent } from './mcp.ts';
import type { StepRunner } from './steps.ts';
import { ToolFailure } from './tool-failure.ts';
import { failWith } from './unwind.ts';

export type ToolCallsOptions = {
  definition: AgentDefinition;
  /** Of tools.ts. */
  tools: Record<string, Tool>;
  mcp: Mcp;
  steps: StepRunner;
  ask: AskPerson;
  dataFolder: string;
  secret(name: string): string;
  journal: Journal;
  integrations: IntegrationGate;
  signal: AbortSignal;
  now(): number;
  /** An effect gave nothing that proves it. */
  onUnverified(): void;
};

/** The tools of one attempt: found by name, each call a journal step within its time limit. */
export function createToolCalls(options: ToolCallsOptions) {
  const { definition, steps, ask, signal, now } = options;
  const { limits, recovery: recoveries } = definition.nightdesk;

  /** @throws an Unwind when there is no such tool, or its server is down */
  async function find(name: string): Promise<Tool | McpToolOfAgent> {
    const own = options.tools[name];
    if (own) return own;
    if (!isMcpTool(name)) {
      const names = Object.keys(options.tools).join(', ') || 'none';
      const where = definition.toolsFile ?? `${definition.name}, which has no tools.ts`;
      throw failWith('definition', `there is no tool "${name}" in ${where}; there are: ${names}`);
    }
    if (!definition.tools.includes(name)) {
      throw failWith('definition', `${definition.name} does not list the tool "${name}"`);
    }
    try {
      options.integrations.enter(name);
      return await options.mcp.tool(name, signal);
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      options.integrations.failed(name, error.message);
      await steps.failed(name, error.error);
      throw failWith(error.error.class, error.message, error.error);
    }
  }

  async function call(step: string, name: string, given: Json): Promise<Json> {
    const found = await find(name);
    const { input } = found;
    const fault = (value: Json): string | null => {
      const checked = input.safeParse(value);
      return checked.success ? null : `${name}: ${checked.error.issues[0]?.message ?? 'bad input'}`;
    };
    const wrong = fault(given);
    if (wrong !== null) throw failWith('tool', wrong, { source: name });
    const taken = await approvedInput({ ask, definition, step, name, input: given, fault });
    const parsed = input.parse(taken);
    const data = join(options.dataFolder, 'agents', definition.name);
    mkdirSync(data, { recursive: true });
    const limitMs = 'timeoutMs' in found ? Math.min(found.timeoutMs, limits.tool) : limits.tool;
    const run = (key: string): Promise<Json> =>
      options.integrations.counted(name, found.effect !== undefined, () =>
        limited(key, async (context) => found.run(parsed, context)),
      );

    function limited<T>(key: string, work: (context: ToolContext) => Promise<T> | T): Promise<T> {
      return within(name, limitMs, signal, (own) =>
        work({
          key,
          signal: own,
          timeoutMs: limitMs,
          folder: definition.folder ?? '',
          data,
          secret: options.secret,
          now,
        }),
      );
    }

    if (!options.journal.finished(step)) options.integrations.enter(name);
    const recovery = recoveries[name] ?? found.effect;
    if (recovery === undefined) return steps.step(step, 'tool', taken, () => run(''));
    const { check } = found;
    const result = await steps.effect(step, taken, {
      recovery,
      run,
      check: check && ((key) => limited(key, (context) => check(key, context))),
    });
    if (result === null) options.onUnverified();
    return result;
  }

  return { find, call };
}

/** Ends a call at its limit whether it heeds its signal or not: what it does after that is nobody's. */
async function within<T>(
  name: string,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `${name} took longer than its limit of ${ms / 1_000} s`;
      const failure = new ToolFailure({ class: 'timeout', message, source: name }, 'unknown');
      reject(failure);
      own.abort(failure);
    }, ms);
  });
  try {
    return await Promise.race([work(AbortSignal.any([signal, own.signal])), late]);
  } finally {
    clearTimeout(timer);
  }
}
