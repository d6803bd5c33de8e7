import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { AgentDefinition } from '#contract/agent.ts';
import type { Sources } from '../definition/sources.ts';
import type { Check, CodeAgent, Rehearsal, Tool } from './agent-api.ts';

/** What agents' files may import without having it beside them. */
const PROVIDED = new Set(['zod', 'better-sqlite3']);
const API = 'nightdesk:agent';
const TYPESCRIPT = /^file:.*\.m?ts(\?|$)/;
/** The functions of agent-api.ts only give types: at run time each returns what it got. */
const API_SOURCE = ['defineTool', 'defineTools', 'defineAgent', 'defineChecks', 'defineRehearsal']
  .map((name) => `export const ${name} = (definition) => definition;`)
  .join('\n');

/** Texts of pinned definitions, by the mark that their modules' addresses carry, then by file (absolute). */
const pinned = new Map<string, ReadonlyMap<string, string>>();

/** The mark that makes the modules of one definition its own: an edited file is a new module. */
function markOf(definition: AgentDefinition): string {
  return definition.hash.slice(0, 12);
}

/** What a pinned definition holds under this address; undefined: it is read where it lies. */
function pinnedText(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  const { search, href } = new URL(url);
  return pinned.get(search.slice(1))?.get(fileURLToPath(href.slice(0, href.length - search.length)));
}

/** The address of a file that belongs to the same pinned definition as its importer; undefined for any other. */
function pinnedUrl(specifier: string, parent: string | undefined): string | undefined {
  if (!/^(\.{1,2}\/|file:)/.test(specifier)) return undefined;
  const url = new URL(specifier, parent);
  if (url.search === '' && parent !== undefined) url.search = new URL(parent).search;
  return pinnedText(url.href) === undefined ? undefined : url.href;
}

/**
 * Lets agent files anywhere on the disk import `nightdesk/agent`, zod and better-sqlite3 from this Nightdesk, and be
 * TypeScript: where this Node cannot strip types (Electron's may be built without), we do. Files of a pinned definition
 * are taken from its snapshot under the addresses that they had.
 */
export async function provideModules(): Promise<void> {
  const strip = process.features.typescript === false ? (await import('amaro')).transformSync : undefined;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'nightdesk/agent') return { url: API, format: 'module', shortCircuit: true };
      if (PROVIDED.has(specifier)) return next(specifier, { ...context, parentURL: import.meta.url });
      const url = pinnedUrl(specifier, context.parentURL);
      if (url !== undefined) return { url, shortCircuit: true, importAttributes: context.importAttributes };
      return next(specifier, context);
    },
    load(url, context, next) {
      if (url === API) return { format: 'module', source: API_SOURCE, shortCircuit: true };
      const text = pinnedText(url);
      if (text !== undefined) {
        if (/\.json(\?|$)/.test(url)) return { format: 'json', source: text, shortCircuit: true };
        if (!TYPESCRIPT.test(url)) return { format: 'module', source: text, shortCircuit: true };
        if (!strip) return { format: 'module-typescript', source: text, shortCircuit: true };
        return { format: 'module', source: strip(text, { mode: 'strip-only' }).code, shortCircuit: true };
      }
      if (strip && TYPESCRIPT.test(url)) {
        const { code } = strip(readFileSync(fileURLToPath(url), 'utf8'), { mode: 'strip-only' });
        return { format: 'module', source: code, shortCircuit: true };
      }
      return next(url, context);
    },
  });
}

/** A file's default export. */
async function defaultOf(file: string | null, mark: string): Promise<unknown> {
  if (file === null) return undefined;
  const module = (await import(`${pathToFileURL(file).href}?${mark}`)) as { default?: unknown };
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

/**
 * @param sources the definition's snapshot; null: there is none, and its files are read where they lie
 * @throws with the file and what would be right, when its exports do not fit
 */
export async function loadCode(definition: AgentDefinition, sources: Sources | null): Promise<AgentCode> {
  const { folder } = definition;
  const mark = markOf(definition);
  if (folder !== null && sources !== null) {
    pinned.set(mark, new Map([...sources].map(([path, text]) => [join(folder, path), text])));
  }
  const [tools, code, checks, rehearsal] = await Promise.all([
    defaultOf(definition.toolsFile, mark),
    defaultOf(definition.codeFile, mark),
    defaultOf(definition.checksFile, mark),
    defaultOf(definition.rehearsalFile, mark),
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
