import type { Json } from '#contract/basic.ts';
import type { TaskError } from '#contract/task.ts';
import type { AskedToPass, Verdict } from '../engine/protocol.ts';
import { callModel, type ModelMessage, type ToolCall } from '../providers/index.ts';
import type { Rehearsal, Tool } from './agent-api.ts';
import { fingerprintOf, type Journal } from './journal.ts';
import { failWith, Unwind } from './unwind.ts';

export type ModelRequest = {
  system: string | undefined;
  messages: ModelMessage[];
  /** Messages from here on are new since the call before: only they are journaled as its request. */
  newFrom: number;
  tools: Record<string, Tool>;
  /** A given model judges, beside the agent's route: the step is a check, and not the agent's own call. */
  judge?: string | undefined;
  /** It can be done without: it may take this long, ms, and at the task's cost limit nobody is asked. */
  spareMs?: number | undefined;
};
export type ModelAnswer = { text: string; calls: ToolCall[] };

export type ModelCallOptions = {
  journal: Journal;
  /** @throws when no step may begin */
  mayBegin(): void;
  /** The desk answers when everything before is on the disk: that saves a way there and back. */
  gate(asked: AskedToPass): Promise<Verdict>;
  /** The task has cost what it may: it parks, or ends. @param next what it was about to do */
  overLimit(verdict: Extract<Verdict, { kind: 'limit' }>, next: string): Promise<void>;
  signal: AbortSignal;
  now(): number;
  random(): number;
  env: NodeJS.ProcessEnv;
  input: Json;
  rehearsal: Rehearsal | null;
  timeoutMs: number;
  /** Tokens that an answer may have. */
  maxOutput: number;
};

/** One model call as one journal step: the lane's gate, the provider it names, the answer or the error written down. */
export async function callModelOnce(
  name: string,
  request: ModelRequest,
  options: ModelCallOptions,
): Promise<ModelAnswer> {
  const { journal, now } = options;
  const shown: Json = {
    ...(request.newFrom === 0 && request.system !== undefined ? { system: request.system } : {}),
    messages: request.messages.slice(request.newFrom) as Json,
  };
  const fingerprint = fingerprintOf(shown);
  const before = journal.replay(name, fingerprint);
  if (before) return JSON.parse(before.result ?? 'null') as ModelAnswer;
  options.mayBegin();
  const verdict = await passed(name, request, options);
  await journal.durable();
  options.mayBegin();
  const { provider, model } = verdict;
  const startedAt = now();
  const answered = await callModel({
    provider,
    model,
    system: withNotice(request.system, verdict.notice),
    messages: request.messages,
    tools: request.tools,
    maxOutput: options.maxOutput,
    price: verdict.price,
    fault: verdict.fault,
    script: options.rehearsal,
    judging: request.judge !== undefined,
    input: options.input,
    env: options.env,
    random: options.random,
    signal: options.signal,
    timeoutMs: Math.min(options.timeoutMs, request.spareMs ?? Number.POSITIVE_INFINITY),
  });
  options.signal.throwIfAborted();
  const call = (tokensIn: number, tokensOut: number, costUsd: number) => ({
    provider: provider.name,
    model,
    tokensIn,
    tokensOut,
    costUsd,
    rehearsal: provider.rehearsal,
  });
  const kind = request.judge === undefined ? 'model' : 'check';
  const written = { name, kind, startedAt, fingerprint, request: JSON.stringify(shown) } as const;
  if (!answered.ok) {
    const error: TaskError = { ...answered.error, source: provider.name };
    journal.write({ ...written, state: 'failed', error, call: call(0, 0, 0) });
    throw failWith(error.class, error.message, error);
  }
  const { text, calls, tokensIn, tokensOut, costUsd } = answered.value;
  journal.write({
    ...written,
    state: 'done',
    result: JSON.stringify({ text, calls }),
    call: call(tokensIn, tokensOut, costUsd),
  });
  return { text, calls };
}

/** Waits at the gate until the call may go out; leaves the attempt when it may not. */
async function passed(
  name: string,
  request: ModelRequest,
  options: ModelCallOptions,
): Promise<Extract<Verdict, { kind: 'go' }>> {
  const asked: AskedToPass = { model: request.judge ?? null, tokensIn: tokensOf(request) };
  for (;;) {
    const verdict = await options.gate(asked);
    switch (verdict.kind) {
      case 'go':
        return verdict;
      case 'hold':
        throw new Unwind({ kind: 'paused' });
      case 'defer':
        throw new Unwind({ ...verdict, kind: 'deferred', model: asked.model, integration: null });
      case 'limit':
        if (request.spareMs !== undefined) throw failWith('limit', `it has cost its limit of $${verdict.limitUsd}`);
        await options.overLimit(verdict, name);
    }
  }
}

/** An estimate on the high side: a token has four characters on the average, and three where it is dense. */
function tokensOf({ system = '', messages, tools }: ModelRequest): number {
  const declared = Object.entries(tools).reduce((sum, [name, tool]) => sum + name.length + tool.description.length, 0);
  return Math.ceil((system.length + JSON.stringify(messages).length + declared) / 3);
}

function withNotice(system: string | undefined, notice: string | null): string | undefined {
  if (notice === null) return system;
  return system === undefined ? notice : `${system}\n\n${notice}`;
}
