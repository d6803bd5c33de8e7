import { z } from 'zod';
import type { Json } from '#contract/basic.ts';
import type { ModelMessage } from '../providers/index.ts';
import type { Attempt } from './attempt.ts';
import { failWith, Unwind } from './unwind.ts';

/**
 * The agent as a Markdown file: prompt, input, then model call and tool calls in turn until the model answers without a
 * tool. Each call is a journal step of its own. An answer that does not fit the output schema is repaired once.
 */
export async function runModelLoop(attempt: Attempt): Promise<Json> {
  const { definition } = attempt;
  const tools = Object.fromEntries(
    definition.tools.flatMap((name) => {
      const tool = attempt.tools[name];
      return tool ? [[name, tool]] : [];
    }),
  );
  const messages: ModelMessage[] = [{ role: 'user', content: JSON.stringify(attempt.input) }];
  let told = 0;
  let repaired = false;
  for (let turn = 1; turn <= definition.maxTurns; turn += 1) {
    const request = { system: definition.prompt, messages: [...messages], newFrom: told, tools };
    told = messages.length;
    const answer = await attempt.model(`model call ${turn}`, request);
    messages.push({ role: 'assistant', text: answer.text, calls: answer.calls });
    if (answer.calls.length === 0) {
      const startedAt = attempt.now();
      const checked = checkOutput(answer.text, definition.outputSchema);
      if (checked.ok) {
        attempt.output(startedAt, {
          fits: definition.outputSchema === null ? 'no schema' : 'matches schema',
          repaired,
        });
        return checked.value;
      }
      if (repaired) {
        throw new Unwind({
          kind: 'failed',
          error: { class: 'incorrect', message: `the output does not fit its schema: ${checked.why}` },
          output: JSON.stringify(answer.text),
        });
      }
      repaired = true;
      messages.push({
        role: 'user',
        content: `Your answer does not fit the output schema: ${checked.why}. Answer again, with the JSON document only.`,
      });
      continue;
    }
    const results = await Promise.all(
      answer.calls.map(async (call, index) => ({
        id: call.id,
        tool: call.tool,
        result: await callTool(attempt, tools, `${call.tool} ${turn}.${index + 1}`, call.tool, call.input),
      })),
    );
    messages.push({ role: 'tool', results });
  }
  throw failWith('incorrect', `no answer after ${definition.maxTurns} turns`);
}

/** A call that the tool cannot take is told to the model: it may correct itself. */
async function callTool(
  attempt: Attempt,
  tools: Attempt['tools'],
  step: string,
  name: string,
  input: Json,
): Promise<Json> {
  const tool = tools[name];
  if (!tool) return { error: `There is no tool "${name}". Use one of: ${Object.keys(tools).join(', ')}.` };
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) return { error: `The input of ${name} does not fit: ${z.prettifyError(parsed.error)}` };
  return attempt.tool(step, name, input);
}

type Checked = { ok: true; value: Json } | { ok: false; why: string };

/** @param schema JSON schema, or null to take the text as it is */
export function checkOutput(text: string, schema: Json): Checked {
  if (schema === null) return { ok: true, value: { text } };
  const body = /```(?:json)?\s*\n([\s\S]*?)```/.exec(text)?.[1] ?? text;
  let value: Json;
  try {
    value = JSON.parse(body) as Json;
  } catch {
    return { ok: false, why: 'it is not JSON' };
  }
  const parsed = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  return parsed.success ? { ok: true, value } : { ok: false, why: z.prettifyError(parsed.error) };
}
