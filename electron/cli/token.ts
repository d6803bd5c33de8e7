import type { Command } from 'commander';
import type { IngestToken } from '#contract/ingest-token.ts';
import { readName } from './argument.ts';
import type { Cli } from './cli.ts';
import { momentText, plain, table } from './format.ts';

/** `token make`, `token list` and `token remove`: what other programs send with. */
export function addTokens(program: Command, cli: Cli): void {
  const token = program.command('token').summary('tokens of other programs that only send');
  token
    .command('make')
    .summary('make a token that can only send')
    .description(
      'Makes a token for another runtime (POST /v1/events) or an Alertmanager (POST /v1/alertmanager), and prints it this once: the desk keeps its hash. It is good for these two, and reads, starts and changes nothing.',
    )
    .argument('<name>', 'who is to send with it', readName)
    .action(async (name: string) => {
      const { client } = await cli.connect();
      const made = await client.tokens.make({ name });
      cli.note('It is shown this once. Send it as "Authorization: Bearer TOKEN".');
      cli.finish('token make', made, made.token);
    });
  token
    .command('list')
    .summary('list the tokens that can only send, without their texts')
    .description(
      'Lists the tokens of programs that only send: who made each, when, and when somebody last came with it.',
    )
    .action(async () => {
      const { client } = await cli.connect();
      const tokens = await client.tokens.list();
      cli.finish('token list', { tokens }, tokenTable(tokens, Date.now()));
    });
  token
    .command('remove')
    .summary('take a token back')
    .description('Takes a token back: from now on it lets nobody in. What came with it stays.')
    .argument('<name>', 'its name', readName)
    .action(async (name: string) => {
      const { client } = await cli.connect();
      cli.finish('token remove', await client.tokens.remove({ name }), `The token ${name} lets nobody in any more.`);
    });
}

function tokenTable(tokens: IngestToken[], now: number): string {
  if (tokens.length === 0) return 'No tokens.';
  return table(tokens, [
    { head: 'Token', cell: ({ name }) => name },
    { head: 'Made', cell: ({ madeAt }) => momentText(madeAt, now) },
    { head: 'By', cell: ({ madeBy }) => plain(madeBy) },
    { head: 'Last used', cell: ({ usedAt }) => (usedAt === null ? 'never' : momentText(usedAt, now)) },
  ]);
}
