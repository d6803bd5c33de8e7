import {
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4Content,
  type LanguageModelV4FinishReason,
  type LanguageModelV4StreamPart,
  type LanguageModelV4Usage,
} from '@ai-sdk/provider';
import type { Json } from '#contract/basic.ts';
import type { Fault } from '#contract/provider.ts';
import type { Rehearsal, RehearsalAnswer } from '../worker/agent-api.ts';
import { type ModelMessage, wireName } from './message.ts';

export type RehearsalOptions = {
  /** The vendor it plays. */
  provider: string;
  model: string;
  script: Rehearsal;
  judging: boolean;
  input: Json;
  messages: ModelMessage[];
  fault: Fault | null;
  random(): number;
  /** Settles after ms, rejects when the signal aborts. */
  wait(ms: number, signal: AbortSignal | undefined): Promise<unknown>;
};

/** A model that answers from a script, with the latency, the tokens and the faults that are dialled; errors look as a vendor's do. */
export function rehearsalModel(options: RehearsalOptions): LanguageModelV4 {
  async function play(signal: AbortSignal | undefined): Promise<RehearsalAnswer> {
    const { fault, random } = options;
    const url = `rehearsal://${options.provider}`;
    if (fault?.down) {
      await options.wait(20 + random() * 30, signal);
      throw new APICallError({
        message: 'connect ECONNREFUSED (rehearsed outage)',
        url,
        requestBodyValues: {},
        isRetryable: true,
      });
    }
    const answer = options.script({
      model: options.model,
      judging: options.judging,
      prompt: promptOf(options.messages),
      input: options.input,
      results: options.messages
        .flatMap((message) => (message.role === 'tool' ? message.results : []))
        .map(({ tool, result }) => ({ tool, result })),
      turn: options.messages.filter((message) => message.role === 'assistant').length + 1,
      random,
    });
    await options.wait(answer.latencyMs + (fault?.latencyMs ?? 0), signal);
    if (fault?.retryAfterMs !== undefined) {
      throw new APICallError({
        message: 'rate_limit_error (rehearsed)',
        url,
        requestBodyValues: {},
        statusCode: 429,
        responseHeaders: { 'retry-after-ms': String(fault.retryAfterMs) },
        isRetryable: true,
      });
    }
    if (fault && random() < fault.errorRate) {
      throw new APICallError({
        message: 'overloaded_error (rehearsed)',
        url,
        requestBodyValues: {},
        statusCode: 529,
        isRetryable: true,
      });
    }
    return answer;
  }

  async function doGenerate({ abortSignal }: LanguageModelV4CallOptions) {
    const answer = await play(abortSignal);
    const calls = answer.calls ?? [];
    const content: LanguageModelV4Content[] = [
      ...(answer.text === undefined ? [] : [{ type: 'text' as const, text: answer.text }]),
      ...calls.map((call, index) => ({
        type: 'tool-call' as const,
        toolCallId: `call-${options.messages.length}-${index}`,
        toolName: wireName(call.tool),
        input: JSON.stringify(call.input),
      })),
    ];
    const unified = calls.length > 0 ? 'tool-calls' : 'stop';
    const finishReason: LanguageModelV4FinishReason = { unified, raw: unified };
    const usage: LanguageModelV4Usage = {
      inputTokens: { total: answer.tokensIn, noCache: answer.tokensIn, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: answer.tokensOut, text: answer.tokensOut, reasoning: 0 },
    };
    return { content, finishReason, usage, warnings: [] };
  }

  return {
    specificationVersion: 'v4',
    provider: options.provider,
    modelId: options.model,
    supportedUrls: {},
    doGenerate,
    async doStream(call) {
      const { content, finishReason, usage } = await doGenerate(call);
      const parts: LanguageModelV4StreamPart[] = [
        { type: 'stream-start', warnings: [] },
        ...content.flatMap((part): LanguageModelV4StreamPart[] => {
          if (part.type === 'text') {
            return [
              { type: 'text-start', id: 'text' },
              { type: 'text-delta', id: 'text', delta: part.text },
              { type: 'text-end', id: 'text' },
            ];
          }
          return part.type === 'tool-call' ? [part] : [];
        }),
        { type: 'finish', usage, finishReason },
      ];
      const stream = new ReadableStream<LanguageModelV4StreamPart>({
        start(controller) {
          for (const part of parts) controller.enqueue(part);
          controller.close();
        },
      });
      return { stream };
    },
  };
}

/** The last words a person or the runner said to the model. */
function promptOf(messages: ModelMessage[]): string {
  const last = messages.findLast((message) => message.role === 'user');
  return last?.role === 'user' ? last.content : '';
}
