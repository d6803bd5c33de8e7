import { CommanderError } from 'commander';
import type { Terminal } from './cli.ts';
import { EXIT, exitOf } from './exit.ts';
import type { ErrorOutput } from './output.ts';
import { createProgram } from './program.ts';
import { type CliFailure, failureOf } from './refusal.ts';

/** Runs one command line. @param words what stands after `nightdesk` @returns the exit code */
export async function runCommandLine(words: string[], terminal: Terminal): Promise<number> {
  const { program, cli } = createProgram(terminal);
  try {
    await program.parseAsync(words, { from: 'user' });
    return cli.exit();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    // A command without its subcommand has shown its help.
    if (error instanceof CommanderError && error.code === 'commander.help') return exitOf('BAD_INPUT');
    const failure = cli.connected()?.isOpen() === false ? gone() : failureOf(error);
    // Asked of the words themselves: what failed may be their reading.
    tell(failure, words.includes('--json'), terminal);
    return exitOf(failure.code);
  } finally {
    cli.connected()?.close();
  }
}

function gone(): CliFailure {
  return {
    code: 'UNREACHABLE',
    message: 'The desk went away in the middle of the call.',
    kept: 'What it had accepted is kept.',
    todo: 'Start it again with nightdesk serve, and look with nightdesk status.',
  };
}

function tell({ code, message, kept, todo, where }: CliFailure, isJson: boolean, terminal: Terminal): void {
  if (isJson) {
    const document: ErrorOutput = {
      error: { code, message, kept, next: todo, ...(where === undefined ? {} : { where }) },
    };
    terminal.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  const place = where === undefined || message.includes(where) ? '' : `${where}: `;
  terminal.stderr.write(`${place}${message}\n${kept} ${todo}\n`);
}
