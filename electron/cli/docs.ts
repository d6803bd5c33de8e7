import type { Argument, Command, Option } from 'commander';
import type { z } from 'zod';
import { EXIT_CODES } from './exit.ts';
import { errorOutputSchema, OUTPUT, type OutputName } from './output.ts';
import { createProgram } from './program.ts';
import { namedShapes, shapeOf } from './shape.ts';

/** Commands whose document goes by another name. */
const SHARED: Record<string, OutputName> = {
  pause: 'action',
  drain: 'action',
  resume: 'action',
  reroute: 'action',
  cancel: 'action',
  set: 'action',
  reset: 'action',
  requeue: 'action',
  'runbook resume': 'runbook run',
  ...Object.fromEntries(
    ['approve', 'renew', 'undo', 'cancel', 'take-over', 'hand-over', 'adopt', 'ignore', 'end'].map((what) => [
      `runbook ${what}`,
      'runbook command' as const,
    ]),
  ),
};

/** docs/command-line.md, from the commands and the schemas of their documents. */
export function commandLineDocs(): string {
  const { program } = createProgram(process);
  const commands = leavesOf(program, []);
  return `${[
    '# The command line',
    '<!-- Made by `node electron/cli/docs.ts > docs/command-line.md`; a test holds it to the commands. -->',
    program.description(),
    'In a clone, `npm run nightdesk -- COMMAND` runs it. A command finds the desk by its data folder; results go to standard output, everything else to standard error. `nightdesk help COMMAND` says the same as this page.',
    '## Every command takes',
    optionTable(program.options.filter((option) => option.long !== '--version')),
    'Spans are written `500ms`, `30s`, `5m`, `2h` or `1d`.',
    ...commands.flatMap(({ path, command }) => commandDocs(path, command)),
    '## Exit codes',
    exitTable(),
    '## Documents',
    'With `--json` a command prints exactly one JSON document on standard output, with two spaces of indent; `runbook run` and `runbook resume` print one a line. `T?` may be missing, `T | null` is always there. Moments are milliseconds since 1970, spans milliseconds, costs US dollars. A command that fails prints this instead, and exits with the code that its `code` stands for:',
    code(shapeOf(errorOutputSchema)),
    'Types that stand in several documents:',
    code(
      namedShapes()
        .map(({ name, text }) => `${name}: ${text}`)
        .join('\n\n'),
    ),
  ].join('\n\n')}\n`;
}

const LINES = 'With `--json`, one document a line, as it happens:';

type Leaf = { path: string; command: Command };

function leavesOf(command: Command, above: string[]): Leaf[] {
  return command.commands.flatMap((child) => {
    const path = [...above, child.name()];
    return child.commands.length === 0 ? [{ path: path.join(' '), command: child }] : leavesOf(child, path);
  });
}

function commandDocs(path: string, command: Command): string[] {
  const parts = [`## ${path}`, code(`nightdesk ${path}${usageOf(command)}`, 'sh'), command.description()];
  if (command.registeredArguments.length > 0) parts.push(argumentTable(command.registeredArguments));
  if (command.options.length > 0) parts.push(optionTable(command.options));
  const name = SHARED[path] ?? path;
  if (!isOutputName(name)) throw new Error(`nightdesk ${path} has no document in output.ts`);
  const schema: z.ZodType = OUTPUT[name];
  const shapes = [name === 'runbook run' ? LINES : 'With `--json`:', code(shapeOf(schema))];
  for (const option of ['--batch', '--dry-run']) {
    const variant = `${path} ${option}`;
    if (isOutputName(variant)) shapes.push(`With \`${option}\` and \`--json\`:`, code(shapeOf(OUTPUT[variant])));
  }
  return [...parts, ...shapes];
}

function isOutputName(name: string): name is OutputName {
  return name in OUTPUT;
}

function usageOf(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name().toUpperCase()}${argument.variadic ? '...' : ''}`;
    return argument.required ? name : `[${name}]`;
  });
  const required = command.options.filter((option) => option.mandatory).map((option) => option.flags);
  const rest = command.options.some((option) => !option.mandatory) ? ['[options]'] : [];
  return [...words, ...required, ...rest].map((word) => ` ${word}`).join('');
}

function argumentTable(list: readonly Argument[]): string {
  return markdownTable(
    ['argument', 'what'],
    list.map((argument) => [`\`${argument.name().toUpperCase()}\``, argument.description]),
  );
}

function optionTable(list: readonly Option[]): string {
  return markdownTable(
    ['option', 'what'],
    list.map((option) => [`\`${option.flags}\``, `${option.description}${defaultText(option)}`]),
  );
}

function defaultText(option: Option): string {
  if (option.mandatory) return '; must be given';
  if (option.negate || option.defaultValue === undefined) return '';
  return `; ${option.defaultValueDescription ?? String(option.defaultValue)} when left out`;
}

function exitTable(): string {
  return markdownTable(
    ['exit', 'code', 'what it says'],
    EXIT_CODES.map(({ exit, name, means }) => [String(exit), name === '' ? '' : `\`${name}\``, means]),
  );
}

function markdownTable(heads: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string, language = 'ts'): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

if (import.meta.main) process.stdout.write(commandLineDocs());
