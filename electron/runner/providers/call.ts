import type { z } from 'zod';
import type { Json } from '#contract/basic.ts';
import type { Fault } from '#contract/provider.ts';
import type { TaskError } from '#contract/task.ts';
import type { Rehearsal } from '../worker/agent-api.ts';
import { wait } from '../worker/wait.ts';
import { CallTimeout, CutAnswer, classifyError, RefusedAnswer } from './classify.ts';
import type { ProviderConfig } from './config.ts';
import { type ModelMessage, sdkMessages, type ToolCall, wireName } from './message.ts';
import { vendorModel } from './model.ts';
import { type Price, priceOf } from './price.ts';
import { rehearsalModel } from './rehearsal.ts';

/** A provider that sends nothing for this long has stalled, ms. */
const STALL_MS = 30_000;

export type CallRequest = {
  provider: ProviderConfig;
  model: string;
  system: string | undefined;
  messages: ModelMessage[];
  /** `inputSchema` where a tool has a JSON schema of its own. */
  tools: Record<string, { description: string; input: z.ZodType; inputSchema?: Json }>;
  /** Tokens that an answer may have. */
  maxOutput: number;
  /** US dollars per million tokens, over the bundled table. */
  price: Price | null;
  fault: Fault | null;
  /** Plays the model in rehearsal. */
  script: Rehearsal | null;
  /** The call judges an output, beside the agent's own. */
  judging: boolean;
  input: Json;
  env: NodeJS.ProcessEnv;
  random(): number;
  signal: AbortSignal;
  /** The whole call may take this long, ms. */
  timeoutMs: number;
  /** Default STALL_MS. */
  stallMs?: number;
};
export type CallAnswer = { text: string; calls: ToolCall[]; tokensIn: number; tokensOut: number; costUsd: number };
export type Called = { ok: true; value: CallAnswer } | { ok: false; error: TaskError };

/** One model call through the AI SDK: streamed, never retried here (the router is the only retry loop), errors classified. */
export async function callModel(request: CallRequest): Promise<Called> {
  const deadline = new AbortController();
  const signal = AbortSignal.any([request.signal, deadline.signal]);
  const stallMs = request.stallMs ?? STALL_MS;
  const stop = (why: string) => () => deadline.abort(new CallTimeout(`${request.provider.name} ${why}`));
  const whole = setTimeout(stop(`took longer than ${request.timeoutMs / 1000} s`), request.timeoutMs);
  let stall = setTimeout(stop(`sent nothing for ${stallMs / 1000} s`), stallMs);
  const alive = (): void => {
    clearTimeout(stall);
    stall = setTimeout(stop(`sent nothing for ${stallMs / 1000} s`), stallMs);
  };
  try {
    return { ok: true, value: await stream(request, signal, alive) };
  } catch (error) {
    const seen = deadline.signal.aborted && !request.signal.aborted ? deadline.signal.reason : error;
    return { ok: false, error: classifyError(seen, request.provider.name) };
  } finally {
    clearTimeout(whole);
    clearTimeout(stall);
  }
}

async function stream(request: CallRequest, signal: AbortSignal, alive: () => void): Promise<CallAnswer> {
  const { jsonSchema, streamText, tool } = await import('ai');
  const { z } = await import('zod');
  const names = new Map(Object.keys(request.tools).map((name) => [wireName(name), name]));
  const tools = Object.fromEntries(
    Object.entries(request.tools).map(([name, each]) => [
      wireName(name),
      tool({
        description: each.description,
        inputSchema: jsonSchema(
          (each.inputSchema ?? z.toJSONSchema(each.input, { io: 'input' })) as Parameters<typeof jsonSchema>[0],
        ),
      }),
    ]),
  );
  const result = streamText({
    model: await modelOf(request),
    ...(request.system === undefined ? {} : { instructions: request.system }),
    messages: sdkMessages(request.messages),
    tools,
    maxRetries: 0,
    maxOutputTokens: request.maxOutput,
    abortSignal: signal,
    onError: () => {},
  });
  let text = '';
  let finish:
    | { reason: string; usage: { inputTokens?: number | undefined; outputTokens?: number | undefined } }
    | undefined;
  let cache = { read: 0, write: 0 };
  const calls: ToolCall[] = [];
  let begun = false;
  for await (const part of result.stream) {
    alive();
    if (part.type === 'error') throw begun ? new CutAnswer(brokenOff(request, part.error)) : part.error;
    if (part.type !== 'start' && part.type !== 'start-step') begun = true;
    if (part.type === 'abort') throw signal.reason;
    if (part.type === 'text-delta') text += part.text;
    if (part.type === 'tool-call') {
      calls.push({ id: part.toolCallId, tool: names.get(part.toolName) ?? part.toolName, input: part.input as Json });
    }
    if (part.type === 'finish-step') {
      finish = { reason: part.finishReason, usage: part.usage };
      const details = part.usage.inputTokenDetails;
      cache = { read: details?.cacheReadTokens ?? 0, write: details?.cacheWriteTokens ?? 0 };
    }
  }
  if (finish?.reason === 'content-filter') {
    throw new RefusedAnswer(`${request.provider.name} stopped its answer by its content policy`);
  }
  if (!finish || finish.reason === 'error' || finish.reason === 'interrupted' || (text === '' && calls.length === 0)) {
    throw new CutAnswer(brokenOff(request, finish?.reason ?? 'no end'));
  }
  const tokensIn = finish.usage.inputTokens ?? 0;
  const tokensOut = finish.usage.outputTokens ?? 0;
  const usage = { input: tokensIn, output: tokensOut, cacheRead: cache.read, cacheWrite: cache.write };
  return {
    text,
    calls,
    tokensIn,
    tokensOut,
    costUsd: priceOf(request.provider.name, request.model, usage, request.price),
  };
}

function brokenOff(request: CallRequest, why: unknown): string {
  return `the answer of ${request.provider.name} broke off (${why instanceof Error ? why.message : String(why)})`;
}

async function modelOf(request: CallRequest) {
  if (!request.provider.rehearsal) return vendorModel(request.provider, request.model, request.env);
  if (request.script === null)
    throw new Error('this agent has no rehearsal.ts: it cannot be played without a real provider');

  return rehearsalModel({
    provider: request.provider.name,
    model: request.model,
    script: request.script,
    judging: request.judging,
    input: request.input,
    messages: request.messages,
    fault: request.fault,
    random: request.random,
    wait: (ms, signal) => wait(ms, signal ?? request.signal),
  });
}
