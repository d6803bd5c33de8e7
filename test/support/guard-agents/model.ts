import { APICallError } from '@ai-sdk/provider';
import type { RehearsalAnswer, RehearsalRequest } from '../../../electron/runner/worker/agent-api.ts';

/** What the scripted models of these agents are told by a task's input. */
export type Script = {
  /** Model calls before the answer; each of them calls the tool `note.take` with its number. */
  turns?: number;
  latencyMs?: number;
  /** `alpha` refuses with 429 and asks for so many seconds. */
  retryAfter?: number;
};

/** A model that does what the input says, and takes 20 tokens in and 80 out for each call. */
export function play({ input, turn, model }: RehearsalRequest): RehearsalAnswer {
  const { turns = 0, latencyMs = 0, retryAfter } = input as Script;
  if (retryAfter !== undefined && model === 'a') {
    throw new APICallError({
      message: 'rate limited (scripted)',
      url: 'rehearsal://alpha',
      requestBodyValues: {},
      statusCode: 429,
      responseHeaders: { 'retry-after': String(retryAfter) },
    });
  }
  const usage = { latencyMs, tokensIn: 20, tokensOut: 80 };
  if (turn <= turns) return { calls: [{ tool: 'note.take', input: { turn } }], ...usage };
  return { text: `done by ${model}`, ...usage };
}
