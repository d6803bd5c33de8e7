import { z } from 'zod';
import type { Json } from '#contract/basic.ts';
import type { JudgeScore } from '#contract/sample.ts';
import type { Attempt } from './attempt.ts';
import { judge } from './judge.ts';
import { failWith, messageOf, Unwind } from './unwind.ts';

/** An output as it may leave the agent, or why it may not: the end of a sentence that begins with "the output". */
export type Checked = { ok: true; value: Json } | { ok: false; why: string };

/** @param schema JSON schema, or null to take the text as it is */
export function parseOutput(text: string, schema: Json): Checked {
  if (schema === null) return { ok: true, value: { text } };
  const body = /```(?:json)?\s*\n([\s\S]*?)```/.exec(text)?.[1] ?? text;
  try {
    return fitsSchema(JSON.parse(body) as Json, schema);
  } catch {
    return { ok: false, why: 'does not fit its schema: it is not JSON' };
  }
}

export function fitsSchema(value: Json, schema: Json): Checked {
  if (schema === null) return { ok: true, value };
  const parsed = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  return parsed.success
    ? { ok: true, value }
    : { ok: false, why: `does not fit its schema: ${z.prettifyError(parsed.error)}` };
}

/**
 * The agent's own checks, then the judge.
 * @param round which output of this task it is, from 1
 */
export async function inspect(attempt: Attempt, value: Json, round: number): Promise<Checked> {
  for (const [name, check] of Object.entries(attempt.checks)) {
    const why = await runCheck(attempt, name, check, value);
    if (why !== null) return { ok: false, why: `is refused by the check "${name}": ${why}` };
  }
  const why = await judge(attempt, value, round);
  return why === null ? { ok: true, value } : { ok: false, why: `is refused by its judge: ${why}` };
}

async function runCheck(
  attempt: Attempt,
  name: string,
  check: Attempt['checks'][string],
  value: Json,
): Promise<string | null> {
  try {
    return await check(value, attempt.input);
  } catch (error) {
    throw failWith('definition', `the check "${name}" threw: ${messageOf(error)}`);
  }
}

/** Ends the attempt with an output that was not right. */
export function incorrect(why: string, output: Json): Unwind {
  return new Unwind({
    kind: 'failed',
    error: { class: 'incorrect', message: `the output ${why}` },
    output: JSON.stringify(output),
  });
}

/** What is said of an output that left: one entry for people. */
export function outputNote(
  attempt: Attempt,
  more: { repaired: boolean; reviewed: string | null; score: JudgeScore | null },
): Json {
  return {
    fits: attempt.definition.outputSchema === null ? 'no schema' : 'matches schema',
    repaired: more.repaired,
    ...(Object.keys(attempt.checks).length > 0 ? { checks: Object.keys(attempt.checks) } : {}),
    ...(attempt.definition.nightdesk.judge ? { judge: attempt.definition.nightdesk.judge.model } : {}),
    ...(more.reviewed === null ? {} : { reviewed: more.reviewed }),
    ...(more.score === null ? {} : { score: more.score }),
  };
}
