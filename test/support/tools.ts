import { fileURLToPath } from 'node:url';
import { type Settings, settingsSchema } from '#contract/settings.ts';
import type { TaskDetail } from '#contract/task.ts';
import type { RunnerOptions } from '../../electron/runner/index.ts';
import { startRunner, type TestRunner } from './runner.ts';

export const TOOL_AGENTS = fileURLToPath(new URL('./tool-agents', import.meta.url));

/** A runner with the agents that call tools, and these MCP servers. One worker, so that they share its servers. */
export function startWithServers(mcp: Record<string, unknown>, given: Partial<RunnerOptions> = {}): TestRunner {
  const settings: Settings = settingsSchema.parse({ mcp });
  return startRunner(undefined, 1, { agentFolders: [TOOL_AGENTS], settings: () => settings, ...given });
}

/** What became of one call of one tool. */
export async function called(runner: TestRunner, agent: string, tool: string, input: object = {}): Promise<TaskDetail> {
  return runner.end(await runner.submit(agent, { tool, input: { ...input } }));
}
