import { runCommandLine } from './run.ts';

/*
 * The `nightdesk` command. program.ts lists its commands, output.ts the documents of --json, exit.ts the exit codes;
 * one file a family of commands. It talks to the desk that runs on a data folder, over the same contract as the console.
 */

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of a pipe has seen enough (nightdesk tasks | head).
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

process.exitCode = await runCommandLine(process.argv.slice(2), process);
