import type {
  LanguageModelV4FunctionTool,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider';
import type { z } from 'zod';
import type { Json } from '#contract/basic.ts';
import type { Fault } from '#contract/provider.ts';
import type { TaskError } from '#contract/task.ts';
import type { Rehearsal } from '../worker/agent-api.ts';
import { wait } from '../worker/wait.ts';
import { CallTimeout, CutAnswer, classifyError, RefusedAnswer } from './classify.ts';
import type { ProviderConfig } from './config.ts';
import { type ModelMessage, promptFor, type ToolCall, wireName } from './message.ts';
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

/** One model call through the AI SDK's provider packages: streamed, never retried here (the router is the only retry loop), errors classified. */
export async function callModel(request: CallRequest): Promise<Called> {
  const deadline = new AbortController();
  const signal = AbortSignal.any([request.signal, deadline.signal]);
  const stallMs = request.stallMs ?? STALL_MS;
  const stop = (why: string) => () => deadline.abort(new CallTimeout(`${request.provider.name} ${why}`));
  const whole = setTimeout(stop(`took longer than ${request.timeoutMs / 1000} s`), request.timeoutMs);
  const stall = setTimeout(stop(`sent nothing for ${stallMs / 1000} s`), stallMs);
  try {
    return { ok: true, value: await stream(request, signal, () => stall.refresh()) };
  } catch (error) {
    const seen = deadline.signal.aborted && !request.signal.aborted ? deadline.signal.reason : error;
    return { ok: false, error: classifyError(seen, request.provider.name) };
  } finally {
    clearTimeout(whole);
    clearTimeout(stall);
  }
}

/**
 * Asks the vendor's package itself, and reads its stream as it comes. `streamText` of the AI SDK does it in more than a
 * millisecond and 600 kB of garbage, for tools that it runs, repairs and retries that are this runner's own.
 */
async function stream(request: CallRequest, signal: AbortSignal, alive: () => void): Promise<CallAnswer> {
  const names = new Map(Object.keys(request.tools).map((name) => [wireName(name), name]));
  const tools = await toolsOf(request.tools);
  const model = await modelOf(request);
  const reader = await asked(
    model.doStream({
      prompt: promptFor(request.system, request.messages),
      ...(tools.length === 0 ? {} : { tools, toolChoice: { type: 'auto' } }),
      maxOutputTokens: request.maxOutput,
      abortSignal: signal,
    }),
    signal,
  );
  let text = '';
  let finish: Extract<LanguageModelV4StreamPart, { type: 'finish' }> | undefined;
  const calls: ToolCall[] = [];
  let begun = false;
  // A read that waits is answered by this at once, whether or not what sends heeds the signal.
  const stop = (): void => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      signal.throwIfAborted();
      alive();
      const part = read.value;
      if (part.type === 'error') throw part.error;
      if (part.type !== 'stream-start' && part.type !== 'response-metadata') begun = true;
      if (part.type === 'text-delta') text += part.delta;
      if (part.type === 'tool-call') {
        calls.push({
          id: part.toolCallId,
          tool: names.get(part.toolName) ?? part.toolName,
          input: inputOf(part.input),
        });
      }
      if (part.type === 'finish') finish = part;
    }
    signal.throwIfAborted();
  } catch (error) {
    stop();
    throw begun && !signal.aborted ? new CutAnswer(brokenOff(request, error)) : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const reason = finish?.finishReason.unified;
  if (reason === 'content-filter') {
    throw new RefusedAnswer(`${request.provider.name} stopped its answer by its content policy`);
  }
  if (!finish || reason === 'error' || (text === '' && calls.length === 0)) {
    throw new CutAnswer(brokenOff(request, reason ?? 'no end'));
  }
  const { inputTokens, outputTokens } = finish.usage;
  const tokensIn = inputTokens.total ?? 0;
  const tokensOut = outputTokens.total ?? 0;
  const usage = {
    input: tokensIn,
    output: tokensOut,
    cacheRead: inputTokens.cacheRead ?? 0,
    cacheWrite: inputTokens.cacheWrite ?? 0,
  };
  return {
    text,
    calls,
    tokensIn,
    tokensOut,
    costUsd: priceOf(request.provider.name, request.model, usage, request.price),
  };
}

/** The stream of an answer, or the abort: a vendor's package may not heed the signal, and its stream is then let go when it comes. */
function asked(
  answered: PromiseLike<LanguageModelV4StreamResult>,
  signal: AbortSignal,
): Promise<ReadableStreamDefaultReader<LanguageModelV4StreamPart>> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    answered.then(
      ({ stream }) => {
        signal.removeEventListener('abort', stop);
        if (signal.aborted) stream.cancel(signal.reason).catch(() => {});
        else resolve(stream.getReader());
      },
      (error: unknown) => {
        signal.removeEventListener('abort', stop);
        reject(error);
      },
    );
  });
}

async function toolsOf(tools: CallRequest['tools']): Promise<LanguageModelV4FunctionTool[]> {
  const declared = Object.entries(tools);
  if (declared.length === 0) return [];
  const { z } = await import('zod');
  return declared.map(([name, { description, input, inputSchema }]) => ({
    type: 'function',
    name: wireName(name),
    description,
    inputSchema: (inputSchema ?? z.toJSONSchema(input, { io: 'input' })) as LanguageModelV4FunctionTool['inputSchema'],
  }));
}

/** What a model wrote as a tool's input. What is no JSON stays its text: the tool says that it does not fit. */
function inputOf(text: string): Json {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value)) as Json;
  } catch {
    return text;
  }
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
