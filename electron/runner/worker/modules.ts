import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { AgentDefinition } from '#contract/agent.ts';
import type { Check, CodeAgent, Rehearsal, Tool } from './agent-api.ts';

/** What agents' files may import without having it beside them. */
const PROVIDED = new Set(['zod', 'better-sqlite3']);
const API = 'nightdesk:agent';
const TYPESCRIPT = /^file:.*\.m?ts(\?|$)/;
/** The functions of agent-api.ts only give types: at run time each returns what it got. */
const API_SOURCE = ['defineTool', 'defineTools', 'defineAgent', 'defineChecks', 'defineRehearsal']
  .map((name) => `export const ${name} = (definition) => definition;`)
  .join('\n');

/**
 * Lets agent files anywhere on the disk import `nightdesk/agent`, zod and better-sqlite3 from this Nightdesk, and be
 * TypeScript: where this Node cannot strip types (Electron's may be built without), we do.
 */
export async function provideModules(): Promise<void> {
  const strip = process.features.typescript === false ? (await import('amaro')).transformSync : undefined;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'nightdesk/agent') return { url: API, format: 'module', shortCircuit: true };
      if (PROVIDED.has(specifier)) return next(specifier, { ...context, parentURL: import.meta.url });
      return next(specifier, context);
    },
    load(url, context, next) {
      if (url === API) return { format: 'module', source: API_SOURCE, shortCircuit: true };
      if (strip && TYPESCRIPT.test(url)) {
        const { code } = strip(readFileSync(fileURLToPath(url), 'utf8'), { mode: 'strip-only' });
        return { format: 'module', source: code, shortCircuit: true };
      }
      return next(url, context);
    },
  });
}

/** A file's default export; the definition's hash makes an edited file a new module. */
async function defaultOf(file: string | null, hash: string): Promise<unknown> {
  if (file === null) return undefined;
  const module = (await import(`${pathToFileURL(file).href}?${hash.slice(0, 12)}`)) as { default?: unknown };
  return module.default;
}

const toolSchema = z.custom<Tool>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'run' in value &&
    typeof value.run === 'function' &&
    'input' in value,
  'a tool has description, input (a zod schema) and run(); wrap it in defineTool',
);
const toolsSchema = z.record(z.string(), toolSchema);
const codeSchema = z.custom<CodeAgent>(
  (value) => typeof value === 'object' && value !== null && 'run' in value && typeof value.run === 'function',
  'agent.ts exports defineAgent({ run(ctx, input) {} }) as its default',
);
const checksSchema = z.record(
  z.string(),
  z.custom<Check>(
    (value) => typeof value === 'function',
    'a check is a function of output and input that gives null, or why the output is wrong; wrap them in defineChecks',
  ),
);
const rehearsalSchema = z.custom<Rehearsal>(
  (value) => typeof value === 'function',
  'rehearsal.ts exports defineRehearsal((request) => answer) as its default',
);

/** An agent's own code, loaded and checked. */
export type AgentCode = {
  tools: Record<string, Tool>;
  code: CodeAgent | null;
  checks: Record<string, Check>;
  rehearsal: Rehearsal | null;
};

/** @throws with the file and what would be right, when its exports do not fit */
export async function loadCode(definition: AgentDefinition): Promise<AgentCode> {
  const [tools, code, checks, rehearsal] = await Promise.all([
    defaultOf(definition.toolsFile, definition.hash),
    defaultOf(definition.codeFile, definition.hash),
    defaultOf(definition.checksFile, definition.hash),
    defaultOf(definition.rehearsalFile, definition.hash),
  ]);
  return {
    tools: checked(toolsSchema, tools ?? {}, definition.toolsFile),
    code: code === undefined ? null : checked(codeSchema, code, definition.codeFile),
    checks: checked(checksSchema, checks ?? {}, definition.checksFile),
    rehearsal: rehearsal === undefined ? null : checked(rehearsalSchema, rehearsal, definition.rehearsalFile),
  };
}

function checked<T>(schema: z.ZodType<T>, value: unknown, file: string | null): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`${file ?? 'the agent'}: ${parsed.error.issues[0]?.message ?? 'does not fit'}`);
}
