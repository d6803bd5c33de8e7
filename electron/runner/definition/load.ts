import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { AgentDefinition, FileProblem } from '#contract/agent.ts';
import { type Json, jsonSchema } from '#contract/basic.ts';
import { parseAgent } from './parse.ts';
import { readSources, type Sources } from './sources.ts';

/** What the agent folders hold now: definitions that can be put in force, and what is wrong with the rest. */
export type LoadedAgents = {
  definitions: AgentDefinition[];
  problems: FileProblem[];
  /** What each definition was read from, by its hash. */
  sources: ReadonlyMap<string, Sources>;
};

/** Files beside agent.md that decide how it runs, and so belong to its hash. */
const CODE_FILES = {
  toolsFile: 'tools.ts',
  codeFile: 'agent.ts',
  checksFile: 'checks.ts',
  rehearsalFile: 'rehearsal.ts',
} as const;

/** Reads `<name>.md` and `<name>/agent.md` of each folder. Of two agents with one name the first stays. */
export function loadAgents(folders: string[]): LoadedAgents {
  const definitions = new Map<string, AgentDefinition>();
  const problems: FileProblem[] = [];
  const sources = new Map<string, Sources>();
  for (const file of folders.flatMap(agentFilesIn)) {
    const loaded = loadAgent(file);
    problems.push(...loaded.problems);
    if (!loaded.definition) continue;
    const first = definitions.get(loaded.definition.name);
    if (first)
      problems.push(
        faultAt(file, `there is already an agent "${first.name}" in ${first.file}`, 'give one of them another name'),
      );
    else {
      definitions.set(loaded.definition.name, loaded.definition);
      sources.set(loaded.definition.hash, loaded.sources);
    }
  }
  return { definitions: [...definitions.values()], problems, sources };
}

/** A broken file keeps its last good definition in force; a file that is gone takes its agent with it. */
export function keepLastGood(previous: LoadedAgents, next: LoadedAgents): LoadedAgents {
  const broken = new Set(next.problems.filter((each) => each.severity === 'error').map((each) => each.file));
  const names = new Set(next.definitions.map((each) => each.name));
  const kept = previous.definitions.filter((each) => broken.has(each.file) && !names.has(each.name));
  return {
    definitions: [...next.definitions, ...kept],
    problems: next.problems,
    sources: new Map([...previous.sources, ...next.sources]),
  };
}

/** The agent files of a folder. */
export function agentFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = resolve(folder, name);
      if (name.endsWith('.md') && name.toLowerCase() !== 'readme.md') return [path];
      const inside = join(path, 'agent.md');
      return existsSync(inside) ? [inside] : [];
    });
}

/** Reads one agent file, with its schemas and the paths of its code. */
export function loadAgent(file: string): {
  definition: AgentDefinition | null;
  problems: FileProblem[];
  sources: Sources;
} {
  const sources: Sources = new Map();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return {
      definition: null,
      sources,
      problems: [faultAt(file, `it cannot be read: ${String(error)}`, 'check its permissions')],
    };
  }
  const { agent, prompt, problems, place } = parseAgent(file, text);
  if (!agent) return { definition: null, problems, sources };
  const folder = basename(file) === 'agent.md' ? dirname(file) : null;
  const hash = createHash('sha256');
  const input = readSchema(file, agent.nightdesk.input, place(['nightdesk', 'input']));
  const output = readSchema(file, agent.nightdesk.output, place(['nightdesk', 'output']));
  const faults = [...input.problems, ...output.problems];
  if (faults.length > 0) return { definition: null, problems: [...problems, ...faults], sources };
  const code = codeIn(folder);
  const files = [agent.nightdesk.input, agent.nightdesk.output].flatMap((path) =>
    path === undefined ? [] : [resolve(dirname(file), path)],
  );
  const read = readSources(dirname(file), [file, ...files, ...Object.values(code).filter((path) => path !== null)]);
  for (const [path, content] of read) hash.update(JSON.stringify([path, content]));
  return {
    definition: {
      ...agent,
      prompt,
      // 128 bits of it: it stands in every task's row and start message.
      hash: hash.digest('base64url').slice(0, 22),
      folder,
      file,
      inputSchema: input.schema,
      outputSchema: output.schema,
      ...code,
    },
    problems,
    sources: read,
  };
}

/** The paths of an agent's code, as far as it has any. */
function codeIn(folder: string | null): { [K in keyof typeof CODE_FILES]: string | null } {
  const at = (name: string): string | null => {
    const path = folder === null ? null : join(folder, name);
    return path !== null && existsSync(path) ? path : null;
  };
  return {
    toolsFile: at(CODE_FILES.toolsFile),
    codeFile: at(CODE_FILES.codeFile),
    checksFile: at(CODE_FILES.checksFile),
    rehearsalFile: at(CODE_FILES.rehearsalFile),
  };
}

function readSchema(
  file: string,
  relative: string | undefined,
  at: { line: number; column: number },
): { schema: Json; problems: FileProblem[] } {
  if (relative === undefined) return { schema: null, problems: [] };
  const path = resolve(dirname(file), relative);
  try {
    const schema = jsonSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    return { schema, problems: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      schema: null,
      problems: [
        { ...faultAt(file, `the schema ${relative} cannot be used: ${why}`, 'name a file with a JSON Schema'), ...at },
      ],
    };
  }
}

function faultAt(file: string, message: string, fix: string): FileProblem {
  return { file, line: 1, column: 1, severity: 'error', rule: 'file', message, fix };
}
