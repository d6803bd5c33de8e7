import type { Command } from 'commander';
import type { SilenceView, Watch } from '#contract/canary.ts';
import { readName } from './argument.ts';
import type { Cli } from './cli.ts';
import { momentText, plain, spanText, table } from './format.ts';

/** `watch list` and `watch relearn`: what watches for silence. */
export function addSilence(program: Command, cli: Cli): void {
  const watch = program.command('watch').summary('what the desk watches so that nothing fails silently');
  watch
    .command('list')
    .summary('list what is watched, and what was seen at the last look')
    .description(
      'Lists what the desk watches: heartbeats, work that should have come, queues, overdue and orphaned tasks, successes that are fast and empty, the account of each minute, canaries, and its own queries. Without --all those that are quiet are only counted.',
    )
    .option('--all', 'quiet ones, too')
    .action(async (options: { all?: true }) => {
      const { client } = await cli.connect();
      const view = await client.silence.list();
      cli.finish('watch list', view, silenceText(view, options.all === true, Date.now()));
    });
  watch
    .command('relearn')
    .summary('learn anew what is usual of the successes of an agent')
    .description(
      'Says that an agent changed on purpose: what its successes are like from now on is usual. Ends an alert fast-and-empty of it.',
    )
    .argument('<agent>', 'its name', readName)
    .action(async (agent: string) => {
      const { client } = await cli.connect();
      const view = await client.silence.relearn({ agent });
      cli.finish('watch relearn', view, `What is usual of ${agent} is learnt anew.`);
    });
}

const WORST_FIRST: Watch['state'][] = ['holds', 'blind', 'unsure', 'quiet'];

function silenceText({ since, watches, account, canaries }: SilenceView, all: boolean, now: number): string {
  const shown = watches
    .filter(({ state }) => all || state !== 'quiet')
    .sort((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state));
  const quiet = watches.length - shown.length;
  return [
    `The desk has looked without a break for ${spanText(now - since)}; ${watches.length} watches${all ? '' : `, ${quiet} quiet`}.`,
    ...(account === null
      ? []
      : [
          `Since ${momentText(account.since, now)}: ${account.accepted} accepted = ${account.ended} ended + ${account.inFlight} in flight + ${account.dropped} dropped${account.differences.length === 0 ? '' : `; ${account.differences.join('; ')}`}`,
        ]),
    ...(shown.length === 0
      ? []
      : [
          table(shown, [
            { head: 'Watch', cell: ({ rule }) => rule },
            { head: 'Of', cell: ({ subject }) => subject },
            { head: 'State', cell: ({ state }) => state },
            { head: 'Saw', cell: ({ says }) => plain(says) },
          ]),
        ]),
    ...(canaries.length === 0
      ? []
      : [
          table(canaries, [
            { head: 'Canary', cell: ({ agent }) => agent },
            { head: 'Each', cell: ({ everyMs }) => spanText(everyMs) },
            { head: 'Last', cell: ({ outcome, why }) => plain([outcome ?? '-', why ?? ''].join(' ')) },
            { head: 'Task', cell: ({ task }) => task ?? '-' },
            { head: 'Next', cell: ({ nextAt }) => (nextAt <= now ? 'now' : `in ${spanText(nextAt - now)}`) },
          ]),
        ]),
  ].join('\n\n');
}
