import { existsSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, join } from 'node:path';
import type { Json } from '#contract/basic.ts';
import type { TaskDetail } from '#contract/task.ts';
import { forkWorker } from '../serve/fork.ts';
import { findHome } from '../serve/home.ts';
import { dataFolderOf } from './agent-folder.ts';
import type { Cli } from './cli.ts';
import { EXIT } from './exit.ts';
import { readJson } from './input.ts';
import { refuse, refuseInput } from './refusal.ts';
import { traceText } from './trace.ts';

export type TryOptions = { fixture?: string; input?: string; real: boolean; timeout: number };

/** Runs one task of an agent and shows how it went. @param file the agent's */
export async function tryOut(cli: Cli, file: string, options: TryOptions): Promise<void> {
  const { agentOf, readForCheck } = await import('../desk/agent-check.ts');
  const agent = agentOf(file);
  if (!agent.ok) {
    const { code, message, ...data } = agent.error;
    return refuse(code, message, data);
  }
  const { definition } = agent.value;
  if (!options.real && definition.rehearsalFile === null && definition.codeFile === null) {
    refuse('BAD_FILE', `${definition.name} has no rehearsal.ts: nothing plays its model.`, {
      kept: 'Nothing was run.',
      todo: 'Add one with defineRehearsal, or call real providers with --real.',
      where: file,
    });
  }
  const fixture = options.input === undefined ? fixtureOf(definition.folder, options.fixture) : null;
  const input = await readJson(fixture ?? options.input ?? '-', cli.terminal.stdin);
  cli.note(noteOf(options.real));
  const { settings } = await readForCheck(dataFolderOf(cli), process.env);
  const { tryAgent } = await import('../desk/agent-try.ts');
  const tried = await tryAgent({
    file,
    agent: definition.name,
    input,
    real: options.real,
    settings,
    withinMs: options.timeout,
    user: userInfo().username,
    version: 'try',
    forkWorker,
    upkeepEntry: findHome(import.meta.dirname).upkeepEntry,
    env: process.env,
  });
  if (!tried.ok) {
    const { code, message, ...data } = tried.error;
    return refuse(code, message, data);
  }
  const task = tried.value;
  const document = { agent: definition.name, file, fixture: fixture && basename(fixture), real: options.real, task };
  cli.finish('agent try', document, traceText(task, input as Json), exitOf(task));
}

function noteOf(real: boolean): string {
  const model = real ? 'Real providers are called.' : 'Its rehearsal script plays the model.';
  return `${model} Its tools run as they are; the data folder is thrown away.`;
}

function fixtureOf(folder: string | null, name: string | undefined): string {
  const fixtures = folder === null ? '' : join(folder, 'fixtures');
  const names = existsSync(fixtures)
    ? readdirSync(fixtures)
        .filter((each) => each.endsWith('.json'))
        .sort()
    : [];
  const [first] = names;
  if (first === undefined) {
    return refuseInput('It has no fixtures.', '--fixture', 'Give an input: --input FILE, or - for standard input.');
  }
  if (name === undefined) return join(fixtures, first);
  const found = names.find((each) => each === name || each === `${name}.json`);
  if (found !== undefined) return join(fixtures, found);
  return refuseInput(`There is no fixture "${name}".`, '--fixture', `Use one of: ${names.join(', ')}.`);
}

function exitOf(task: TaskDetail): number {
  switch (task.state) {
    case 'succeeded':
      return EXIT.ok;
    case 'failed':
    case 'cancelled':
    case 'in-doubt':
      return EXIT.failed;
    case 'waiting':
      return task.waitKind === 'person' ? EXIT.person : EXIT.underWay;
    case 'queued':
    case 'running':
    case 'retrying':
    case 'paused':
    case 'unknown':
      return EXIT.underWay;
  }
}
