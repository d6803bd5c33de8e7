import { z } from 'zod';
import { type AgentDefinition, agentDefinitionSchema, nightdeskKeysSchema } from '#contract/agent.ts';
import { spanSchema } from '#contract/basic.ts';
import { canaryKeysSchema } from '#contract/canary.ts';

/*
 * Definitions as the table `definition` keeps them: what a file's text was read into, by this version or an older one.
 * Keys that the older one did not have get their defaults; keys that this one does not have any more are dropped.
 */

const keys = nightdeskKeysSchema.shape;
const retry = keys.retry.unwrap();
const limits = keys.limits.unwrap();
const intake = keys.intake.unwrap();
const objective = keys.objective.unwrap();
const sample = keys.sample.unwrap();

/** A span that files write as text, kept as ms. */
function kept(written: z.ZodType<number>): z.ZodDefault<typeof spanSchema> {
  return spanSchema.default(() => written.parse(undefined));
}

const storedKeysSchema = z.object({
  ...keys,
  retry: retry
    .extend({ initial: kept(retry.shape.initial), max: kept(retry.shape.max) })
    .strip()
    .prefault({}),
  limits: limits
    .extend({
      timeout: kept(limits.shape.timeout),
      tool: kept(limits.shape.tool),
      deadline: kept(limits.shape.deadline),
    })
    .strip()
    .prefault({}),
  intake: intake
    .extend({ rate: z.object({ count: z.number(), perMs: z.number() }).optional() })
    .strip()
    .prefault({}),
  expect: z.object({ every: spanSchema }).optional(),
  canary: canaryKeysSchema.extend({ every: spanSchema }).strip().optional(),
  sample: sample.extend({ objective: z.number().optional() }).strip().prefault({}),
  objective: objective
    .extend({
      success: z.number().default(() => objective.shape.success.parse(undefined)),
      p95: spanSchema.optional(),
      window: kept(objective.shape.window),
    })
    .strip()
    .prefault({}),
});

const storedDefinitionSchema = agentDefinitionSchema.extend({
  nightdesk: storedKeysSchema.prefault({}),
  toolsFile: z.string().nullable().default(null),
  codeFile: z.string().nullable().default(null),
  checksFile: z.string().nullable().default(null),
  rehearsalFile: z.string().nullable().default(null),
});

/** @returns the definition; null, with the reason, for a body that no version wrote */
export function readStored(body: string): { definition: AgentDefinition } | { definition: null; why: string } {
  const parsed = storedDefinitionSchema.safeParse(JSON.parse(body));
  if (parsed.success) return { definition: parsed.data };
  const [issue] = parsed.error.issues;
  return { definition: null, why: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it does not fit'}` };
}
