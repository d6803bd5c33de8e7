import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';

/*
 * The peer of one model call: the AI SDK alone, in a process of its own, `URL CALLS`. It sends what each call took, ms.
 */
const [url = '', calls = '0'] = process.argv.slice(2);
const provider = createOpenAICompatible({ name: 'first', baseURL: url, includeUsage: true });
const took: number[] = [];
let from = performance.now();
for (let n = 0; n < Number(calls); n += 1) {
  const result = streamText({
    model: provider('model-a'),
    messages: [{ role: 'user', content: `Say ${n}.` }],
    maxRetries: 0,
    maxOutputTokens: 8_192,
  });
  for await (const part of result.stream) if (part.type === 'error') throw part.error;
  const now = performance.now();
  took.push(now - from);
  from = now;
}
process.send?.(took);
process.disconnect();
