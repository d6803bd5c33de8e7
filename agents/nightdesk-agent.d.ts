// What `nightdesk/agent` gives. Made by `node electron/cli/agent-types.ts`; not to be edited.

import type { z } from 'zod';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export type Answer = { choice: string; text?: string | undefined; value?: Json | undefined };

export type Choice = { value: string; label: string; takes: 'nothing' | 'text' | 'json' | 'usd' };

/** What a tool gets beside its input. */
export type ToolContext = {
  /** Idempotency key of this effect: the same in every attempt of the same step. */
  key: string;
  /** Aborts on cancel and on timeout. */
  signal: AbortSignal;
  /** The call ends after this, whether it heeds its signal or not, ms. */
  timeoutMs: number;
  /** The agent's folder, for reading. */
  folder: string;
  /** A folder of the agent's own under the data folder, for writing. */
  data: string;
  /** A secret of the keychain that the agent lists under `nightdesk.secrets`. It is masked wherever it would be written. */
  secret(name: string): string;
  now(): number;
};

/** A tool a model may call. One with `effect` changes another system: its intent and key are journaled before it runs. */
export type Tool<Input extends z.ZodType = z.ZodType> = {
  description: string;
  input: Input;
  /** How an effect found in doubt after a crash is recovered; absent for tools that only read. */
  effect?: 'idempotent' | 'reconcile' | 'manual';
  run(input: z.output<Input>, context: ToolContext): Promise<Json> | Json;
  /** For `reconcile`: the result of the effect sent with this key, or undefined when it never landed. */
  check?(key: string, context: ToolContext): Promise<Json | undefined> | Json | undefined;
};

/** Types one tool by its input schema. */
export declare function defineTool<Input extends z.ZodType>(tool: Tool<Input>): Tool;

/** The tools of an agent's folder, by the names its front matter lists. */
export declare function defineTools(tools: Record<string, Tool>): Record<string, Tool>;

/** What is wrong with an output, or null when nothing is. The same output and input give the same answer. */
export type Check = (output: Json, input: Json) => string | null | Promise<string | null>;

/** The checks of an agent's folder, by name: an output that one refuses is repaired once, then the task fails as incorrect. */
export declare function defineChecks(checks: Record<string, Check>): Record<string, Check>;

/** What a person is asked by a code agent. */
export type AgentQuestion = {
  text: string;
  /** Texts to choose from, or choices with a label and what goes with them. Absent: an answer in words. */
  choices?: (string | Choice)[];
  /** What the person should see: shown as it is. */
  details?: Json;
  /** After so many ms the task goes on with this choice. */
  deadline?: { afterMs: number; choice: string };
};

/** How a child ended. `task`: its id, null when it was refused. */
export type Spawned = {
  task: string | null;
  state: 'succeeded' | 'failed' | 'cancelled';
  output: Json;
  error: { class: string; message: string } | null;
};

/** What a code agent gets. Everything that must not happen twice goes through it. */
export type AgentContext = {
  task: { id: string; attempt: number };
  /** Runs once: its result is journaled and a later attempt gets it back. Names are unique within the task. */
  step<T extends Json>(name: string, run: () => Promise<T> | T): Promise<T>;
  /** Changes another system once: journaled intent and key before, result after. */
  effect<T extends Json>(
    name: string,
    options: {
      recovery?: 'idempotent' | 'reconcile' | 'manual';
      run(key: string, signal: AbortSignal): Promise<T> | T;
      check?(key: string): Promise<T | undefined> | T | undefined;
    },
  ): Promise<T>;
  /** One model call by the agent's route. */
  llm(name: string, request: { system?: string; prompt: string }): Promise<string>;
  /** One tool of tools.ts, or `mcp:SERVER/TOOL` of the agent's `tools`; what an MCP tool itself refuses comes as `{ error }`. */
  tool(name: string, input: Json): Promise<Json>;
  /** Parks the task, which costs nothing meanwhile, until a person answers or the deadline does. */
  ask(name: string, question: AgentQuestion): Promise<Answer>;
  /**
   * Parks the task until a person has judged this: gives it back, or what the person put in its place. Rejected, the task
   * fails as incorrect. For what must be right before an effect runs with it.
   */
  review<T extends Json>(name: string, output: T, reason: string): Promise<T>;
  /** Holds no worker when it is longer than a second, and outlives the desk. */
  sleep(name: string, ms: number): Promise<void>;
  /**
   * Gives another agent a task and waits, parked, for its end: how the child ended is the result, whatever it is. Children
   * started side by side (`Promise.all`) run side by side. What they cost counts for this task; its cancel cancels them.
   */
  spawn(name: string, agent: string, input: Json): Promise<Spawned>;
  /** Journaled: the same in every attempt. */
  now(): Promise<number>;
  random(): Promise<number>;
  /** A secret of the keychain that the agent lists under `nightdesk.secrets`. It is masked wherever it would be written. */
  secret(name: string): string;
  signal: AbortSignal;
};

export type CodeAgent = { run(context: AgentContext, input: Json): Promise<Json> };

/** A code agent: its `run` stands in place of the model loop. */
export declare function defineAgent(agent: CodeAgent): CodeAgent;

/** What a rehearsal script sees of a model request. */
export type RehearsalRequest = {
  model: string;
  /** Whether the request is a judge's (`nightdesk.judge`), and not the agent's own. */
  judging: boolean;
  /** The last message to the model that is not its own or a tool's. */
  prompt: string;
  input: Json;
  /** Tool results so far, oldest first. */
  results: { tool: string; result: Json }[];
  turn: number;
  /** In [0, 1), from the dialled seed. */
  random(): number;
};
/** What it answers: tool calls, or a text that ends the loop. */
export type RehearsalAnswer = {
  text?: string;
  calls?: { tool: string; input: Json }[];
  /** ms before the answer. */
  latencyMs: number;
  tokensIn: number;
  tokensOut: number;
};
export type Rehearsal = (request: RehearsalRequest) => RehearsalAnswer;

/** A script that plays the model, so that the agent runs with no key and no network. */
export declare function defineRehearsal(script: Rehearsal): Rehearsal;
