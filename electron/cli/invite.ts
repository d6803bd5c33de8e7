import type { Command } from 'commander';
import { z } from 'zod';
import type { Cli } from './cli.ts';
import { locateDesk } from './client.ts';
import { refuse } from './refusal.ts';

const answerSchema = z.object({ address: z.string() });

/** `invite`: lets a second person in under their own name. */
export function addInvite(program: Command, cli: Cli): void {
  program
    .command('invite')
    .summary('let a person in under their own name')
    .description(
      'Prints an address that lets one browser in, once, under this name: whoever opens it acts, approves and takes over as that person. Give it to nobody else.',
    )
    .argument('<name>', 'the name they go by')
    .action(async (name: string) => {
      const desk = locateDesk(cli.dataFolder());
      const answer = await fetch(`${desk.address}/v1/invitations?person=${encodeURIComponent(name)}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${desk.token}` },
      }).catch(() => undefined);
      const told = answerSchema.safeParse(await answer?.json().catch(() => undefined));
      if (answer?.ok !== true || !told.success) {
        return refuse('UNREACHABLE', 'The desk gave no address.', {
          kept: 'Nobody was let in.',
          todo: 'See whether the desk is well: nightdesk status',
        });
      }
      const { address } = told.data;
      cli.finish('invite', { person: name, address }, `${name} opens this, once:\n${address}`);
    });
}
