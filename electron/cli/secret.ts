import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Result } from '#contract/errors.ts';
import { type SecretView, secretVariable } from '#contract/secret.ts';
import { readName } from './argument.ts';
import type { Cli } from './cli.ts';
import { findDeskOn } from './client.ts';
import { folderOf, leaveForAudit } from './data-folder.ts';
import { table } from './format.ts';
import { askHidden } from './prompt.ts';
import { refuse, refuseInput } from './refusal.ts';

/** `secret set`, `secret list` and `secret remove`: the keychain of this machine, by names. */
export function addSecrets(program: Command, cli: Cli): void {
  const secret = program.command('secret').summary('secrets of agents, providers and MCP servers, in the keychain');
  secret
    .command('set')
    .summary('put a secret into the keychain')
    .description(
      'Puts a secret into the keychain of this machine. The value is read from standard input, or asked for on a terminal without being shown; it is never an argument. Settings name it as { secret: NAME }, an agent lists it under nightdesk.secrets. Where there is no keychain, start the desk with NIGHTDESK_SECRET_<NAME> in its environment.',
    )
    .argument('<name>', 'its name', readName)
    .action(async (name: string) => {
      const value = await readValue(cli, name);
      const set = granted(await (await keychain()).set(name, value));
      await tellDesk(cli, name, 'set');
      cli.finish('secret set', set, `${name} is in the keychain.`);
    });
  secret
    .command('list')
    .summary('list secrets, without their values')
    .description(
      'Lists the secrets in the keychain of this machine, and those that the settings and agents of the desk that runs name: where each comes from, and why one cannot be used.',
    )
    .action(async () => {
      const named = findDeskOn(cli.dataFolder()) === undefined ? [] : await namedAtDesk(cli);
      const names = await (await keychain()).names();
      if (!names.ok && named.length === 0) granted(names);
      if (!names.ok) cli.note(`${names.error.message} Only what the desk knows is listed.`);
      const seen = new Set(named.map(({ name }) => name));
      const rest = (names.ok ? names.value : []).filter((name) => !seen.has(name));
      const secrets: SecretView[] = [
        ...named,
        ...rest.map((name) => ({ name, from: 'keychain', problem: null }) as const),
      ].sort((a, b) => a.name.localeCompare(b.name));
      cli.finish('secret list', { secrets }, secretTable(secrets));
    });
  secret
    .command('remove')
    .summary('take a secret out of the keychain')
    .description('Takes a secret out of the keychain of this machine.')
    .argument('<name>', 'its name', readName)
    .action(async (name: string) => {
      const removed = granted(await (await keychain()).remove(name));
      if (!removed) {
        refuse('NOT_FOUND', `There is no secret "${name}" in the keychain.`, {
          kept: 'Nothing was changed.',
          todo: 'Look at their names: nightdesk secret list',
        });
      }
      await tellDesk(cli, name, 'removed');
      const view = { name, from: 'missing', problem: `it is neither in the keychain nor in ${secretVariable(name)}` };
      cli.finish('secret remove', { ...view, from: 'missing' }, `${name} is no longer in the keychain.`);
    });
}

async function keychain() {
  const { openKeychain } = await import('../desk/keychain.ts');
  return openKeychain(process.env);
}

function granted<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code, message, ...data } = result.error;
  return refuse(code, message, data);
}

async function readValue({ terminal }: Cli, name: string): Promise<string> {
  if (terminal.stdin.isTTY === true) {
    const typed = await askHidden(terminal, `Value of ${name} (not shown):`);
    if (typed === undefined || typed === '') {
      return refuseInput('No value was given.', 'standard input', 'Type it, or pipe it in.');
    }
    return typed;
  }
  // One line end at the end is the pipe's, not the secret's.
  const value = (await text(terminal.stdin)).replace(/\r?\n$/, '');
  if (value === '') {
    return refuseInput(
      'No value came on standard input.',
      'standard input',
      `Pipe it in: printf %s "$VALUE" | nightdesk secret set ${name}`,
    );
  }
  return value;
}

/** A desk that runs uses the new value at once, and writes into its audit log that there is one; else its next start does. */
async function tellDesk(cli: Cli, name: string, change: 'set' | 'removed'): Promise<void> {
  if (findDeskOn(cli.dataFolder()) !== undefined) {
    const { client } = await cli.connect();
    await client.settings.secretChanged({ name, change });
    return;
  }
  await leaveForAudit(await folderOf(cli), { what: `secret.${change}`, subject: name, details: {} });
}

async function namedAtDesk(cli: Cli): Promise<SecretView[]> {
  const { client } = await cli.connect();
  return client.settings.secrets();
}

function secretTable(secrets: SecretView[]): string {
  if (secrets.length === 0) return 'No secrets.';
  return table(secrets, [
    { head: 'Secret', cell: ({ name }) => name },
    { head: 'From', cell: ({ from }) => from },
    { head: 'Problem', cell: ({ problem }) => problem ?? '-' },
  ]);
}
