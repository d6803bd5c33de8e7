/*
 * Checking an agent's files without a desk that runs, for the command line: what the desk would refuse, and what would
 * only be seen when a task meets it. The agent's own code is loaded, and its MCP servers are started.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { AgentDefinition, FileProblem } from '#contract/agent.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { type Settings, settingsSchema } from '#contract/settings.ts';
import { loadAgent, type PlaceOf, placesIn, problemAt } from '../runner/definition/index.ts';
import { type FindSecrets, type FoundSecret, secretNames, supplyOf } from '../runner/supply.ts';
import { createMcp, isMcpTool, type Mcp, partsOf } from '../runner/worker/mcp.ts';
import { type AgentCode, loadCode, provideModules } from '../runner/worker/modules.ts';
import { messageOf, Unwind } from '../runner/worker/unwind.ts';
import { openKeychain } from './keychain.ts';
import { readSettings } from './settings.ts';

export { agentFilesIn, loadAgents } from '../runner/definition/index.ts';

/** What a check is made under: the settings of a data folder, and the secrets that they name. */
export async function readForCheck(
  dataFolder: string,
  env: NodeJS.ProcessEnv,
): Promise<CheckOptions & { problems: FileProblem[] }> {
  const { settings, problems } = readSettings(dataFolder);
  const inForce = settings ?? settingsSchema.parse({});
  const names = secretNames(inForce, []);
  const keychain = openKeychain(env);
  const secrets = names.length === 0 ? [] : await keychain.read(names);
  return { settings: inForce, secrets, problems, findSecrets: (more) => keychain.read(more) };
}

/** The definition in a file; BAD_FILE with the first fault when there is none. */
export function agentOf(file: string): Result<{ definition: AgentDefinition }> {
  const { definition, problems } = loadAgent(file);
  if (definition) return succeed({ definition });
  const [first] = problems;
  return fail('BAD_FILE', `${first?.message ?? 'it cannot be read'}.`, {
    kept: 'Nothing was run.',
    todo: `See all that is wrong with it: nightdesk agent check ${file}`,
    where: `${file}:${first?.line ?? 1}:${first?.column ?? 1}`,
  });
}

const START = { line: 1, column: 1 };
/** The tool by which a model asks a person: it is ours. */
const BUILT_IN = new Set(['ask']);

export type CheckedAgent = { file: string; name: string | null; problems: FileProblem[] };

export type CheckOptions = {
  settings: Settings;
  /** Those that the settings name. */
  secrets: FoundSecret[];
  findSecrets: FindSecrets;
};

/** Checks agent files, one after the other. */
export async function checkAgents(files: string[], options: CheckOptions): Promise<CheckedAgent[]> {
  await provideModules();
  const mcp = createMcp({ log: () => {}, onProcess: () => {} });
  mcp.configure(supplyOf(options.settings, options.secrets).servers);
  const checked: CheckedAgent[] = [];
  try {
    for (const file of files) checked.push(await checkAgent(file, mcp, options));
  } finally {
    await mcp.close();
  }
  return checked;
}

async function checkAgent(file: string, mcp: Mcp, options: CheckOptions): Promise<CheckedAgent> {
  const { definition, problems } = loadAgent(file);
  if (!definition) return { file, name: null, problems };
  const place = placesIn(file, readFileSync(file, 'utf8'));
  const code = await loadCode(definition, null).catch((error: unknown) => faultOf(definition, error));
  if ('rule' in code) return { file, name: definition.name, problems: [...problems, code] };
  return {
    file,
    name: definition.name,
    problems: [
      ...problems,
      ...(await toolProblems(definition, code, place, mcp)),
      ...effectProblems(definition, code, place),
      ...fixtureProblems(definition),
      ...canaryProblems(definition, place),
      ...(await secretProblems(definition, place, options.findSecrets)),
      ...rehearsalProblems(definition, code),
    ],
  };
}

/** Code that does not load, where it breaks. */
function faultOf(definition: AgentDefinition, error: unknown): FileProblem {
  const files = [definition.toolsFile, definition.codeFile, definition.checksFile, definition.rehearsalFile];
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const file = files.find((each) => each !== null && stack.includes(each)) ?? definition.file;
  const after = stack.slice(stack.indexOf(file) + file.length);
  const place = /^(?:\?[\w-]+)?:(\d+)(?::(\d+))?/.exec(after);
  const caret = /^\s*\^+\s*$/m.exec(after)?.[0].indexOf('^');
  const at = place ? { line: Number(place[1]), column: Number(place[2] ?? (caret ?? 0) + 1) } : START;
  return problemAt(file, at, 'code', messageOf(error).split('\n')[0] ?? 'it does not load', 'mend the code');
}

async function toolProblems(
  { file, tools, codeFile }: AgentDefinition,
  code: AgentCode,
  place: PlaceOf,
  mcp: Mcp,
): Promise<FileProblem[]> {
  const problems: FileProblem[] = [];
  for (const [index, name] of tools.entries()) {
    if (BUILT_IN.has(name) || code.tools[name]) continue;
    const at = place(['tools', index]);
    if (isMcpTool(name)) {
      const why = await mcp.tool(name, AbortSignal.timeout(30_000)).then(() => null, whyNot);
      if (why !== null)
        problems.push(problemAt(file, at, 'mcp', why, `see mcp.${partsOf(name)?.server ?? ''} in nightdesk.yaml`));
      continue;
    }
    const names = Object.keys(code.tools).join(', ') || 'none';
    problems.push(problemAt(file, at, 'tool', `there is no tool "${name}"`, `tools.ts has: ${names}`));
  }
  if (codeFile !== null) return problems;
  for (const name of Object.keys(code.tools)) {
    if (tools.includes(name)) continue;
    const fix = `list it under tools, or remove it`;
    problems.push(
      problemAt(file, place(['tools'], 'key'), 'tool', `the tool "${name}" is not given to the model`, fix, 'warning'),
    );
  }
  return problems;
}

function whyNot(error: unknown): string {
  return error instanceof Unwind && error.ending.kind === 'failed' ? error.ending.error.message : messageOf(error);
}

/** Promises about effects that nothing keeps. */
function effectProblems(definition: AgentDefinition, code: AgentCode, place: PlaceOf): FileProblem[] {
  const { file, nightdesk, tools, toolsFile, codeFile } = definition;
  const problems = Object.entries(code.tools).flatMap(([name, tool]) => {
    const recovery = nightdesk.recovery[name] ?? tool.effect;
    return recovery === 'reconcile' && tool.check === undefined
      ? [
          problemAt(
            toolsFile ?? file,
            START,
            'effect',
            `the effect "${name}" is reconciled, and has no check(key) to tell whether it landed`,
            'give it check(key), or make it idempotent or manual',
          ),
        ]
      : [];
  });
  // A code agent's effects have names of their own.
  if (codeFile !== null) return problems;
  const named: [string, readonly PropertyKey[]][] = [
    ...Object.keys(nightdesk.recovery).map((name): [string, string[]] => [name, ['nightdesk', 'recovery', name]]),
    ...nightdesk.approval.map((name, index): [string, PropertyKey[]] => [name, ['nightdesk', 'approval', index]]),
  ];
  for (const [name, path] of named) {
    if (tools.includes(name)) continue;
    problems.push(
      problemAt(file, place(path, 'key'), 'effect', `"${name}" is not among the tools`, 'correct it, or remove it'),
    );
  }
  return problems;
}

function fixtureProblems({ folder, inputSchema }: AgentDefinition): FileProblem[] {
  const fixtures = folder === null ? '' : join(folder, 'fixtures');
  if (!existsSync(fixtures)) return [];
  const schema = inputSchema === null ? null : z.fromJSONSchema(inputSchema as Parameters<typeof z.fromJSONSchema>[0]);
  return readdirSync(fixtures)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const file = join(fixtures, name);
      try {
        const parsed = schema?.safeParse(JSON.parse(readFileSync(file, 'utf8')));
        const issue = parsed?.error?.issues[0];
        if (!issue) return [];
        const where = issue.path.length === 0 ? 'it' : issue.path.join('.');
        const message = `${where} does not fit the input schema: ${issue.message}`;
        return [problemAt(file, START, 'fixture', message, 'mend the fixture or the schema')];
      } catch (error) {
        return [problemAt(file, START, 'fixture', `it is no JSON: ${messageOf(error)}`, 'mend it')];
      }
    });
}

/** A canary without its input would miss each time. */
function canaryProblems({ file, folder, nightdesk }: AgentDefinition, place: PlaceOf): FileProblem[] {
  const { canary } = nightdesk;
  if (canary === undefined || (folder !== null && existsSync(join(folder, 'fixtures', canary.input)))) return [];
  const at = place(['nightdesk', 'canary', 'input']);
  const message = `there is no fixtures/${canary.input}`;
  return [problemAt(file, at, 'canary', message, 'put the input of the canary there')];
}

async function secretProblems(
  { file, nightdesk }: AgentDefinition,
  place: PlaceOf,
  find: FindSecrets,
): Promise<FileProblem[]> {
  const secrets = nightdesk.secrets.length === 0 ? [] : await find(nightdesk.secrets);
  return nightdesk.secrets.flatMap((name, index) => {
    const problem = secrets.find((secret) => secret.name === name)?.problem;
    if (problem == null) return [];
    const fix = `nightdesk secret set ${name}`;
    const at = place(['nightdesk', 'secrets', index]);
    return [problemAt(file, at, 'secret', `the secret "${name}" is missing: ${problem}`, fix, 'warning')];
  });
}

function rehearsalProblems({ file, codeFile }: AgentDefinition, code: AgentCode): FileProblem[] {
  if (codeFile !== null || code.rehearsal !== null) return [];
  const message = 'it has no rehearsal.ts: it cannot be tried or rehearsed without a real provider';
  return [problemAt(file, START, 'rehearsal', message, 'add one with defineRehearsal', 'warning')];
}
