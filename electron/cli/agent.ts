import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { FileProblem } from '#contract/agent.ts';
import { findHome } from '../serve/home.ts';
import { dataFolderOf } from './agent-folder.ts';
import { newAgent } from './agent-new.ts';
import { tryOut } from './agent-try.ts';
import { agentsOption, readName, readSpan } from './argument.ts';
import type { Cli } from './cli.ts';
import { EXIT } from './exit.ts';
import { counted, plain, spanText } from './format.ts';
import { refuse } from './refusal.ts';

const TRY_WITHIN_MS = 300_000;

/** `agent new`, `agent check` and `agent try`: an agent from its first file to its first task. */
export function addAgents(program: Command, cli: Cli): void {
  const agent = program.command('agent').summary('write an agent, check it, try it out');
  agent
    .command('new')
    .summary('write a new agent that works at once')
    .description(
      'Writes a small agent that works at once, to be changed into your own: agent.md, tools.ts, schemas, fixtures and a rehearsal script; with --code its run is agent.ts. Beside it stand a tsconfig.json and types, so that an editor knows nightdesk/agent and zod with nothing installed.',
    )
    .argument('<name>', 'its name', readName)
    .option('--code', 'its run is code (agent.ts), and not a model loop', false)
    .option('--dir <folder>', 'write its folder here, and not in agents/ of the data folder')
    .action((name: string, options: { code: boolean; dir?: string }) =>
      newAgent(cli, name, { code: options.code, dir: options.dir }),
    );
  agent
    .command('check')
    .summary('check agent files, their code and their tools')
    .description(
      'Checks agents as the desk would, and further: loads their code, starts the MCP servers they name, looks for every tool, checks schemas, fixtures and secrets. Without an argument all agents of the data folder, of its settings and the shipped ones. Warnings do not fail it.',
    )
    .argument('[agent]', 'its name, its folder or file, or a folder of agents')
    .addOption(agentsOption())
    .action((which: string | undefined, options: { agents: string[] }) => check(cli, which, options.agents));
  agent
    .command('try')
    .summary('run an agent once, on a fixture, and show how it went')
    .description(
      'Runs one task of an agent in a data folder that is thrown away, and shows its attempts, steps, calls, tokens, cost and result. Its rehearsal script plays the model, unless --real says otherwise; its tools run as they are. Exits with 1 when the task does not succeed, 12 when it waits for a person.',
    )
    .argument('<agent>', 'its name, its folder or file')
    .option('--fixture <name>', 'a file in its fixtures/, with or without .json; the first when left out')
    .addOption(new Option('--input <file>', 'a JSON document, or - for standard input').conflicts('fixture'))
    .option('--real', 'call real providers, with the keys of the environment and the settings', false)
    .addOption(
      new Option('--timeout <span>', 'wait this long for its end')
        .argParser(readSpan)
        .default(TRY_WITHIN_MS, spanText(TRY_WITHIN_MS)),
    )
    .addOption(agentsOption())
    .action(
      async (
        which: string,
        options: { fixture?: string; input?: string; real: boolean; timeout: number; agents: string[] },
      ) => {
        const [file, ...more] = await agentFiles(cli, which, options.agents);
        if (file === undefined || more.length > 0) {
          return refuse('BAD_INPUT', `${which} holds ${counted(more.length + (file ? 1 : 0), 'agent')}.`, {
            kept: 'Nothing was run.',
            todo: 'Name one of them.',
            where: which,
          });
        }
        await tryOut(cli, file, options);
      },
    );
}

async function check(cli: Cli, which: string | undefined, folders: string[]): Promise<void> {
  const { checkAgents, readForCheck } = await import('../desk/agent-check.ts');
  const read = await readForCheck(dataFolderOf(cli), process.env);
  const files = await agentFiles(cli, which, folders);
  const agents = await checkAgents(files, read);
  const problems = [...read.problems, ...agents.flatMap((each) => each.problems)];
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const summary = `${counted(agents.length, 'agent')}, ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  const document = { agents: agents.map(({ name, file }) => ({ name, file })), problems, errors, warnings };
  const lines = [...problems.map(problemText), summary];
  cli.finish('agent check', document, lines.join('\n'), errors === 0 ? EXIT.ok : EXIT.failed);
}

function problemText({ file, line, column, severity, rule, message, fix }: FileProblem): string {
  return `${file}:${line}:${column} ${severity} ${plain(message)}${fix === null ? '' : `; ${plain(fix)}`} (${rule})`;
}

/** The agent files that a word names: a path, or the name of an agent in the known folders; all of them without one. */
async function agentFiles(cli: Cli, which: string | undefined, given: string[]): Promise<string[]> {
  const { agentFilesIn, readForCheck, loadAgents } = await import('../desk/agent-check.ts');
  if (which !== undefined && existsSync(which)) {
    const path = resolve(which);
    if (!statSync(path).isDirectory()) return [path];
    const inside = join(path, 'agent.md');
    return existsSync(inside) ? [inside] : agentFilesIn(path);
  }
  const dataFolder = dataFolderOf(cli);
  const { settings } = await readForCheck(dataFolder, process.env);
  const { agentFolder } = findHome(import.meta.dirname);
  const folders = [agentFolder, join(dataFolder, 'agents'), ...settings.agents, ...given];
  const files = folders.flatMap(agentFilesIn);
  if (which === undefined) return files;
  const { definitions } = loadAgents(folders);
  const found = definitions.find(({ name }) => name === which)?.file ?? files.find((file) => isNamed(file, which));
  if (found !== undefined) return [found];
  return refuse('NOT_FOUND', `There is no agent "${which}", and no such file.`, {
    kept: 'Nothing was run.',
    todo: `Use a path, or one of: ${definitions.map(({ name }) => name).join(', ') || 'none is known'}.`,
    where: which,
  });
}

/** A file that does not load has no name but its path's. */
function isNamed(file: string, name: string): boolean {
  const path = file.replaceAll('\\', '/');
  return path.endsWith(`/${name}/agent.md`) || path.endsWith(`/${name}.md`);
}
