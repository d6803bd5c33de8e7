import { type Command, InvalidArgumentError } from 'commander';
import {
  type Correctness,
  ENOUGH_VERDICTS,
  type Sample,
  type SampleDetail,
  type SampleVerdict,
  sampleVerdictSchema,
} from '#contract/sample.ts';
import { readName, readNumber, readWhole } from './argument.ts';
import type { Cli } from './cli.ts';
import { counted, fields, momentText, percentText, plain, spanText, table, usdText, words } from './format.ts';

const SHOWN = 50;

type ListOptions = { agent?: string; judged?: true; limit: number };
type JudgeOptions = { note?: string };

/** `sample list|show|judge|undo|correctness`: outputs that people are shown, and what they say of them. */
export function addSamples(program: Command, cli: Cli): void {
  const sample = program
    .command('sample')
    .description('Outputs that were drawn for a person to say whether they are right.');

  sample
    .command('list')
    .summary('list drawn outputs')
    .description('Lists the outputs that wait for a verdict, oldest first.')
    .option('--agent <agent>', 'of this agent', readName)
    .option('--judged', 'those with a verdict instead, the last one first')
    .option('--limit <number>', 'this many at most', readWhole(1, 1_000), SHOWN)
    .action(async ({ agent, judged, limit }: ListOptions) => {
      const { client } = await cli.connect();
      const samples = await client.samples.list({
        open: judged !== true,
        limit,
        ...(agent === undefined ? {} : { agent }),
      });
      const none =
        judged === true
          ? 'Nobody has judged anything yet.'
          : 'Nothing waits for a verdict: samples come as tasks succeed.';
      cli.finish('sample list', { samples }, samples.length === 0 ? none : sampleTable(samples, Date.now()));
    });

  sample
    .command('show')
    .summary('show one with its input and output')
    .description('Shows what a person needs to judge one: its input, what the agent did, and its output.')
    .argument('<sample>', 'its number', readNumber)
    .action(async (id: number) => {
      const { client } = await cli.connect();
      const detail = await client.samples.get({ id });
      cli.finish('sample show', detail, detailText(detail, Date.now()));
    });

  sample
    .command('judge')
    .summary('say whether one is right')
    .description(
      'Says whether an output is right. The first verdict counts. An incorrect one counts against the agent from then on, where its objective says so.',
    )
    .argument('<sample>', 'its number', readNumber)
    .argument('<verdict>', sampleVerdictSchema.options.join(', '), readVerdict)
    .option('--note <text>', 'why')
    .action(async (id: number, verdict: SampleVerdict, { note }: JudgeOptions) => {
      const { client } = await cli.connect();
      const judged = await client.samples.judge({ id, verdict, ...(note === undefined ? {} : { note }) });
      cli.finish(
        'sample judge',
        judged,
        `${judged.task} of ${judged.agent}: ${words(verdict)}. Back: nightdesk sample undo ${id}`,
      );
    });

  sample
    .command('undo')
    .summary('take a verdict back')
    .description('Takes a verdict back: the sample is open again, and the task counts as before.')
    .argument('<sample>', 'its number', readNumber)
    .action(async (id: number) => {
      const { client } = await cli.connect();
      const open = await client.samples.undo({ id });
      cli.finish('sample undo', open, `${open.task} of ${open.agent} waits for a verdict again.`);
    });

  sample
    .command('correctness')
    .summary('how right the outputs are')
    .description(
      'Says of each agent which share of its successes is right, as verdicts on drawn ones show: with its interval, how many more verdicts would settle it, and the watch for a drop.',
    )
    .argument('[agent]', 'of this agent alone', readName)
    .action(async (agent: string | undefined) => {
      const { client } = await cli.connect();
      const correctness = await client.samples.correctness(agent === undefined ? {} : { agent });
      const text = correctness.length === 0 ? 'There is no such agent.' : correctnessTable(correctness);
      cli.finish('sample correctness', { correctness }, text);
    });
}

function readVerdict(text: string): SampleVerdict {
  const verdict = sampleVerdictSchema.safeParse(text);
  if (!verdict.success) throw new InvalidArgumentError(`Say ${sampleVerdictSchema.options.join(', ')}.`);
  return verdict.data;
}

function sampleTable(samples: Sample[], now: number): string {
  return table(samples, [
    { head: 'Sample', cell: ({ id }) => `#${id}` },
    { head: 'Agent', cell: ({ agent }) => agent },
    { head: 'Task', cell: ({ task }) => task },
    { head: 'Ended', cell: ({ endedAt }) => momentText(endedAt, now) },
    { head: 'Drawn as', cell: (sample) => `${sample.class}, 1 in ${Math.round(1 / sample.chance)}` },
    { head: 'Verdict', cell: ({ judged }) => (judged === null ? '-' : `${words(judged.verdict)} (${judged.by.name})`) },
  ]);
}

function detailText(sample: SampleDetail, now: number): string {
  const { copy, judged, score } = sample;
  const about = fields([
    ['Sample', `${sample.id}: ${sample.task} of ${sample.agent}, drawn as ${sample.class}`],
    ['Ended', momentText(sample.endedAt, now)],
    ['Model', sample.model],
    ['Marks', sample.marks.join(', ') || null],
    ['Cost', copy && usdText(copy.costUsd)],
    ['Verdict', judged && `${words(judged.verdict)}, ${momentText(judged.at, now)} (${judged.by.name})`],
    ['Note', judged?.note ?? null],
    ['Judge score', score && `${score.model} ${score.ok ? 'passed it' : `refused it: ${plain(score.why)}`}`],
  ]);
  if (copy === null) return `${about}\n\nIts copy is not kept any more.`;
  const did = copy.did.map(
    ({ name, kind, ms }) => `  ${plain(name)} (${kind}${ms === null ? '' : `, ${spanText(ms)}`})`,
  );
  return [
    about,
    `Input\n${JSON.stringify(copy.input, null, 2)}`,
    `Did\n${did.join('\n') || '  nothing of its own'}${copy.more > 0 ? `\n  and ${counted(copy.more, 'more step')}` : ''}`,
    `Output\n${JSON.stringify(copy.output, null, 2)}`,
    ...(judged === null
      ? [sampleVerdictSchema.options.map((verdict) => `  nightdesk sample judge ${sample.id} ${verdict}`).join('\n')]
      : []),
  ].join('\n\n');
}

function correctnessTable(rows: Correctness[]): string {
  return table(rows, [
    { head: 'Agent', cell: ({ agent }) => agent },
    { head: 'Correct', cell: estimateText },
    { head: 'Objective', cell: ({ objective }) => percentText(objective) },
    { head: 'Stands', cell: ({ state }) => words(state) },
    { head: 'To settle', cell: moreText },
    { head: 'Open', cell: ({ open }) => String(open), right: true },
    { head: 'Watch', cell: watchText },
    { head: 'Judge', cell: judgeText },
  ]);
}

function intervalText({ low, high }: { low: number; high: number }): string {
  return `${(100 * low).toFixed(1)}-${(100 * high).toFixed(1)}`;
}

function estimateText({ estimate, correct, verdicts }: Correctness): string {
  if (estimate === null) return 'not judged';
  return `${percentText(estimate.estimate)} (${intervalText(estimate)}), ${correct}/${verdicts}`;
}

function moreText({ more, estimate, state, verdicts }: Correctness): string {
  if (estimate === null) return '-';
  if (state === 'not-enough-data') return `${ENOUGH_VERDICTS - verdicts} more before it says anything`;
  if (more === null) return 'stands on it';
  return more === 0 ? 'settled' : `${counted(more, 'more verdict')}`;
}

function watchText({ watch }: Correctness): string {
  const share = `${Math.round(100 * watch.level)} % of its limit`;
  return `${watch.alarm ? 'ALARM' : 'quiet'}, ${share}; false alarm 1 in ${watch.falseAlarmIn.toLocaleString('en-US')}`;
}

function judgeText({ judge }: Correctness): string {
  if (judge === null) return '-';
  if (judge.corrected !== null)
    return `${percentText(judge.corrected.estimate)} (${intervalText(judge.corrected)}), calibrated`;
  const { estimate, good, total } = judge.score;
  return estimate === null ? 'scored nothing' : `judge score ${percentText(estimate)}, ${good}/${total}`;
}
