import { z } from 'zod';
import type { Json } from '#contract/basic.ts';
import type { ModelMessage } from '../providers/index.ts';
import type { Tool } from './agent-api.ts';
import { askForModel, askTool } from './ask.ts';
import type { Attempt } from './attempt.ts';
import { score } from './judge.ts';
import { watchLoop } from './loop-watch.ts';
import { incorrect, inspect, outputNote, parseOutput } from './output.ts';
import { createReview } from './review.ts';
import { failWith, Refused } from './unwind.ts';

/** The tool by which a model asks a person. */
const ASK = 'ask';

/**
 * The agent as a Markdown file: prompt, input, then model call and tool calls in turn until the model answers without a
 * tool. Each call is a journal step of its own. An answer that is not right (schema, checks, judge) is repaired once.
 */
export async function runModelLoop(attempt: Attempt): Promise<Json> {
  const { definition } = attempt;
  const tools: Record<string, Tool> = Object.fromEntries(
    await Promise.all(definition.tools.map(async (name) => [name, name === ASK ? askTool : await attempt.find(name)])),
  );
  const watch = watchLoop(attempt);
  const review = createReview(attempt, { redo: true });
  const messages: ModelMessage[] = [{ role: 'user', content: JSON.stringify(attempt.input) }];
  let told = 0;
  let outputs = 0;
  let repaired = false;
  for (let turn = 1; turn <= definition.maxTurns; turn += 1) {
    const request = { system: definition.prompt, messages: [...messages], newFrom: told, tools };
    told = messages.length;
    const answer = await attempt.model(`model call ${turn}`, request);
    messages.push({ role: 'assistant', text: answer.text, calls: answer.calls });
    if (answer.calls.length === 0) {
      const startedAt = attempt.now();
      // An answer that only repeats itself is none, even where it fits.
      if ((await watch({ text: answer.text, calls: [] }, messages)) === 'told') continue;
      outputs += 1;
      const parsed = parseOutput(answer.text, definition.outputSchema);
      const checked = parsed.ok ? await inspect(attempt, parsed.value, outputs) : parsed;
      if (!checked.ok) {
        if (repaired) throw incorrect(checked.why, answer.text);
        repaired = true;
        const how = definition.outputSchema === null ? '' : ', with the JSON document only';
        messages.push({ role: 'user', content: `Your answer ${checked.why}. Answer again${how}.` });
        continue;
      }
      const reviewed = await review(checked.value);
      if (reviewed.kind === 'accepted') {
        const scored = await score(attempt, reviewed.value);
        attempt.output(startedAt, outputNote(attempt, { repaired, reviewed: reviewed.choice, score: scored }));
        return reviewed.value;
      }
      repaired = false;
      messages.push({ role: 'user', content: `A person reviewed your answer and sends it back: ${reviewed.text}` });
      continue;
    }
    const called = await Promise.all(
      answer.calls.map(async (call, index) => ({
        ...call,
        ...(await callTool(attempt, tools, `${call.tool} ${turn}.${index + 1}`, call.tool, call.input)),
      })),
    );
    messages.push({ role: 'tool', results: called.map(({ id, tool, result }) => ({ id, tool, result })) });
    await watch({ text: answer.text, calls: called }, messages);
  }
  throw failWith('incorrect', `no answer after ${definition.maxTurns} turns`);
}

/** What a call gave; `refused`: it never ran. */
type Called = { result: Json; refused: boolean };

function ran(result: Json): Called {
  return { result, refused: false };
}

function refused(error: string): Called {
  return { result: { error }, refused: true };
}

/** A call that the tool cannot take is told to the model: it may correct itself. */
async function callTool(
  attempt: Attempt,
  tools: Record<string, Tool>,
  step: string,
  name: string,
  input: Json,
): Promise<Called> {
  const tool = tools[name];
  if (!tool) return refused(`There is no tool "${name}". Use one of: ${Object.keys(tools).join(', ')}.`);
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) return refused(`The input of ${name} does not fit: ${z.prettifyError(parsed.error)}`);
  if (tool === askTool) return ran(await askForModel(attempt.ask, step, input));
  try {
    return ran(await attempt.tool(step, name, input));
  } catch (error) {
    if (error instanceof Refused) return refused(error.message);
    throw error;
  }
}
