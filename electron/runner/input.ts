import { z } from 'zod';
import type { AgentDefinition } from '#contract/agent.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Submit } from '#contract/task.ts';

/** Input is checked before an attempt is spent on it. @param definitionOf the definition of an agent in force */
export function createInputCheck(definitionOf: (agent: string) => AgentDefinition | null | undefined) {
  const schemas = new Map<string, z.ZodType>();

  return (task: Submit): Result<null> => {
    const definition = definitionOf(task.agent);
    if (!definition?.inputSchema) return succeed(null);
    let schema = schemas.get(definition.hash);
    if (!schema) {
      schema = z.fromJSONSchema(definition.inputSchema as Parameters<typeof z.fromJSONSchema>[0]);
      schemas.set(definition.hash, schema);
    }
    const parsed = schema.safeParse(task.input);
    if (parsed.success) return succeed(null);
    const issue = parsed.error.issues[0];
    return fail('BAD_INPUT', `The input of ${task.agent} does not fit: ${issue?.message ?? 'unknown'}`, {
      kept: 'Nothing was queued.',
      todo: `Send what ${definition.nightdesk.input ?? 'its input schema'} asks for.`,
      where: ['input', ...(issue?.path ?? [])].join('.'),
    });
  };
}
