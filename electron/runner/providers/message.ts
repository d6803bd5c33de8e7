import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider';
import type { Json } from '#contract/basic.ts';

/** A tool call as a model made it. */
export type ToolCall = { id: string; tool: string; input: Json };
/** The model's message log as it is journaled. */
export type ModelMessage =
  | { role: 'user'; content: string }
  | { role: 'assistant'; text: string; calls: ToolCall[] }
  | { role: 'tool'; results: { id: string; tool: string; result: Json }[] };

/** Vendors take letters, digits, dash and underscore in a tool's name; ours have dots, colons and slashes too. */
export function wireName(tool: string): string {
  return tool.replaceAll(/[^a-zA-Z0-9_-]/g, '_');
}

/** The log in the shape that the AI SDK's providers take. */
export function promptFor(system: string | undefined, messages: ModelMessage[]): LanguageModelV4Prompt {
  const told = messages.map(promptMessage);
  return system === undefined ? told : [{ role: 'system', content: system }, ...told];
}

function promptMessage(message: ModelMessage): LanguageModelV4Message {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: [{ type: 'text', text: message.content }] };
    case 'assistant':
      return {
        role: 'assistant',
        content: [
          ...(message.text === '' ? [] : [{ type: 'text' as const, text: message.text }]),
          ...message.calls.map((call) => ({
            type: 'tool-call' as const,
            toolCallId: call.id,
            toolName: wireName(call.tool),
            input: inputFor(call),
          })),
        ],
      };
    case 'tool':
      return {
        role: 'tool',
        content: message.results.map((each) => ({
          type: 'tool-result',
          toolCallId: each.id,
          toolName: wireName(each.tool),
          output: { type: 'json', value: each.result },
        })),
      };
  }
}

/** Vendors refuse a whole log for one input that is no object. What came otherwise ran no tool, and was told why. */
function inputFor({ input }: ToolCall): Json {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
}
