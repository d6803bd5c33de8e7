import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, LintFormat } from '#contract/runbook-lint.ts';
import { defaultDataFolder, findHome } from '../serve/home.ts';
import type { Cli } from './cli.ts';
import { findDeskOn } from './client.ts';
import { EXIT } from './exit.ts';
import { counted } from './format.ts';
import { readText } from './input.ts';
import { refuseInput } from './refusal.ts';

type Linted = { files: string[]; problems: Finding[] };

/** Checks runbooks: the files named; else those of the desk that runs; else those that lie on this machine. */
export async function lint(cli: Cli, named: string[], format: LintFormat): Promise<void> {
  const { files, problems } = await lintWhere(cli, named);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const document = { files, problems, errors, warnings };
  const summary = `${counted(files.length, 'file')}, ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  const { formatFindings } = await import('../desk/lint.ts');
  const written =
    format === 'json' ? JSON.stringify(document, null, 2) : formatFindings(format, problems, process.cwd());
  if (format !== 'text') cli.note(summary);
  const lines = format === 'text' ? [written, summary].filter((line) => line !== '') : [written];
  cli.finish('runbook lint', document, lines.join('\n'), errors === 0 ? EXIT.ok : EXIT.failed);
}

async function lintWhere(cli: Cli, named: string[]): Promise<Linted> {
  if (named.length > 0) return lintFiles(named.flatMap(filesAt));
  if (findDeskOn(cli.dataFolder()) !== undefined) {
    const { client } = await cli.connect();
    const [runbooks, problems, { unanswered }, { dataFolder }] = await Promise.all([
      client.runbooks.list(),
      client.runbooks.lint(),
      client.runbooks.metrics(),
      client.about(),
    ]);
    const { lintLibrary } = await import('../desk/lint.ts');
    const missing = lintLibrary(
      [],
      unanswered.map(({ rule }) => rule),
      join(dataFolder, 'runbooks'),
    );
    return { files: runbooks.map(({ file }) => file), problems: [...problems, ...missing] };
  }
  cli.note('No desk runs here: names of agents, providers and alerts are not checked.');
  const dataFolder = cli.dataFolder() ?? defaultDataFolder();
  const { runbookFolder } = findHome(import.meta.dirname);
  return lintFiles([runbookFolder, join(dataFolder, 'runbooks')].flatMap(runbooksIn));
}

async function lintFiles(files: string[]): Promise<Linted> {
  const { lintRunbook, parseRunbook } = await import('../desk/lint.ts');
  const problems = files.flatMap((file) => {
    const text = readText(file);
    return lintRunbook(parseRunbook(file, text), text, null, Date.now());
  });
  return { files, problems };
}

/** A file as it is; a folder as the runbooks in it. */
function filesAt(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) refuseInput(`${path} is not there.`, path, 'Name a Markdown file, or a folder of them.');
  return found.isDirectory() ? runbooksIn(path) : [path];
}

function runbooksIn(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && !name.startsWith('.') && name.toLowerCase() !== 'readme.md')
    .sort()
    .map((name) => join(folder, name));
}
