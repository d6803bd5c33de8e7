import { basename, join } from 'node:path';
import { type Command, Option } from 'commander';
import type { FileProblem } from '#contract/agent.ts';
import {
  type Alert,
  type AlertRuleView,
  type Matcher,
  type Replay,
  type Severity,
  SILENCE_MAX_MS,
  type Silence,
} from '#contract/alert.ts';
import { defaultDataFolder } from '../serve/home.ts';
import { readNumber, readPair, readSpan } from './argument.ts';
import type { Cli } from './cli.ts';
import { findDeskOn } from './client.ts';
import { EXIT } from './exit.ts';
import { counted, fields, momentText, plain, spanText, table } from './format.ts';
import { readText } from './input.ts';
import { refuse, refuseInput } from './refusal.ts';

const DAY_MS = 86_400_000;

type SilenceOptions = {
  rule?: string;
  subject?: string;
  agent?: string;
  severity?: Severity;
  label?: Record<string, string>;
  for: number;
  reason: string;
};

/** `alert …`: what fires, what is covered, and the rules. */
export function addAlerts(program: Command, cli: Cli): void {
  const alert = program.command('alert').summary('alerts: what fires, silences, and the rules');

  alert
    .command('list')
    .summary('list what fires, with what lies over it')
    .description('Lists the alerts that pend, fire or are acknowledged, with what lies over them, and the silences.')
    .option('--all', 'those of 28 days that are over, too')
    .action(async ({ all }: { all?: true }) => {
      const { client } = await cli.connect();
      const alerts = await client.alerts.list({ all: all === true });
      const silences = await client.alerts.silences();
      const now = Date.now();
      const parts = [
        alerts.length === 0 ? 'Nothing fires.' : alertTable(alerts, now),
        ...(silences.length === 0 ? [] : [silenceTable(silences, now)]),
      ];
      cli.finish('alert list', { alerts, silences }, parts.join('\n\n'));
    });

  alert
    .command('show')
    .summary('show one alert')
    .argument('<alert>', 'its key')
    .action(async (id: string) => {
      const { client } = await cli.connect();
      const alerts = await client.alerts.list({ all: true });
      const found = alerts.find((each) => each.id === id || each.key === id);
      if (found === undefined) {
        return refuse('NOT_FOUND', `There is no alert ${id}.`, {
          kept: 'Nothing was changed.',
          todo: 'Look at the list: nightdesk alert list --all',
        });
      }
      const { runbooks } = await client.alerts.rule({ name: found.rule });
      cli.finish('alert show', { alert: found, runbooks }, alertText(found, runbooks, Date.now()));
    });

  alert
    .command('ack')
    .summary('acknowledge an alert')
    .description('Says that somebody is at it: escalation stops for 30 min. It ends earlier when the alert gets worse.')
    .argument('<alert>', 'its key')
    .action(async (id: string) => {
      const { client } = await cli.connect();
      const taken = await client.alerts.acknowledge({ id });
      const until = taken.acknowledgedUntil === null ? '' : ` until ${momentText(taken.acknowledgedUntil, Date.now())}`;
      cli.finish('alert ack', taken, `${taken.rule} of ${taken.subject}: acknowledged${until}`);
    });

  alert
    .command('snooze')
    .summary('be told of one alert later')
    .description('Nobody is told of this alert for a while, unless it gets worse.')
    .argument('<alert>', 'its key')
    .requiredOption('--for <span>', 'how long, a day at most', readSpan)
    .action(async (id: string, options: { for: number }) => {
      const { client } = await cli.connect();
      const snoozed = await client.alerts.snooze({ id, forMs: options.for });
      cli.finish(
        'alert snooze',
        snoozed,
        `${snoozed.rule} of ${snoozed.subject}: snoozed for ${spanText(options.for)}`,
      );
    });

  alert
    .command('escalate')
    .summary('tell the next of the ladder now')
    .argument('<alert>', 'its key')
    .action(async (id: string) => {
      const { client } = await cli.connect();
      const escalated = await client.alerts.escalate({ id });
      cli.finish('alert escalate', escalated, `${escalated.rule} of ${escalated.subject}: step ${escalated.escalated}`);
    });

  alert
    .command('silence')
    .summary('tell nobody of what matches, for a while')
    .description(
      'Tells nobody of alerts that match everything given, until it ends; * at an end of a word stands for anything. What still fires then is told.',
    )
    .option('--rule <rule>', 'of this rule')
    .option('--subject <subject>', 'about this: a provider, an agent, a queue')
    .option('--agent <agent>', 'of this agent')
    .addOption(new Option('--severity <severity>', 'as loud as this').choices(['page', 'ticket']))
    .option('--label <name=value>', 'with this label; may be repeated', readPair)
    .requiredOption('--for <span>', 'how long, 30 days at most', readSpan)
    .requiredOption('--reason <text>', 'why')
    .action(async (options: SilenceOptions) => {
      const matcher = matcherOf(options);
      if (options.for > SILENCE_MAX_MS || options.for < 60_000) {
        refuseInput(
          'A silence lasts from one minute to 30 days.',
          '--for',
          'What is silenced for longer is a rule to change.',
        );
      }
      const { client } = await cli.connect();
      const silence = await client.alerts.silence({ matcher, forMs: options.for, reason: options.reason });
      cli.finish(
        'alert silence',
        silence,
        `${silenceTable([silence], Date.now())}\n\nEnd it: nightdesk alert unsilence ${silence.id}`,
      );
    });

  alert
    .command('unsilence')
    .summary('end a silence')
    .argument('<silence>', 'its number', readNumber)
    .action(async (id: number) => {
      const { client } = await cli.connect();
      const ended = await client.alerts.unsilence({ id });
      cli.finish('alert unsilence', ended, `Silence ${id} has ended: what still fires is told.`);
    });

  alert
    .command('rules')
    .summary('list the rules: shipped ones, those of objectives and of files')
    .action(async () => {
      const { client } = await cli.connect();
      const rules = await client.alerts.rules();
      cli.finish('alert rules', { rules }, ruleTable(rules, Date.now()));
    });

  alert
    .command('test')
    .summary('replay history through the rules')
    .description(
      'Says when each rule would have fired: those of objectives and of files that are in force, or those of one file. Rules on what is queued, waiting or overdue have no history. Shipped rules on providers, budgets and silence read live state and are not replayed.',
    )
    .option('--rule <file>', 'a YAML file of rules, in force or not')
    .option('--last <span>', 'how far back', readSpan, DAY_MS)
    .action(async ({ rule: file, last }: { rule?: string; last: number }) => {
      const to = Date.now();
      const given = file === undefined ? {} : { file, text: readText(file) };
      const { client } = await cli.connect();
      const replay = await client.alerts.test({ from: to - last, to, ...given });
      cli.finish('alert test', replay, replayText(replay));
    });

  alert
    .command('lint')
    .summary('check files of alert rules')
    .description(
      'Checks the files named; else those in alerts/ of the data folder, with the names that the desk knows where one runs.',
    )
    .argument('[files...]', 'YAML files')
    .action(async (files: string[]) => {
      const { files: looked, problems } = await lintWhere(cli, files);
      const errors = problems.filter(({ severity }) => severity === 'error').length;
      const lines = problems.map(
        ({ file, line, column, severity, rule, message, fix }) =>
          `${file}:${line}:${column} ${severity} ${plain(message)}${fix === null ? '' : `; ${plain(fix)}`} (${rule})`,
      );
      const warnings = problems.length - errors;
      const summary = `${counted(looked.length, 'file')}, ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
      const document = { files: looked, problems, errors, warnings };
      cli.finish('alert lint', document, [...lines, summary].join('\n'), errors === 0 ? EXIT.ok : EXIT.failed);
    });
}

async function lintWhere(cli: Cli, named: string[]): Promise<{ files: string[]; problems: FileProblem[] }> {
  const { alertFilesIn, parseAlertRules, readAlertRules } = await import('../desk/alert-rules.ts');
  if (named.length > 0) {
    return { files: named, problems: named.flatMap((file) => parseAlertRules(file, readText(file), null).problems) };
  }
  if (findDeskOn(cli.dataFolder()) !== undefined) {
    const { client } = await cli.connect();
    const { dataFolder } = await client.about();
    return { files: alertFilesIn(join(dataFolder, 'alerts')), problems: await client.alerts.lint() };
  }
  cli.note('No desk runs here: names of agents, runbooks and routes are not checked.');
  const folder = join(cli.dataFolder() ?? defaultDataFolder(), 'alerts');
  return { files: alertFilesIn(folder), problems: [...readAlertRules(folder, null).problems] };
}

function matcherOf({ rule, subject, agent, severity, label }: SilenceOptions): Matcher {
  const matcher: Matcher = {
    ...(rule === undefined ? {} : { rule }),
    ...(subject === undefined ? {} : { subject }),
    ...(agent === undefined ? {} : { agent }),
    ...(severity === undefined ? {} : { severity }),
    ...(label === undefined ? {} : { labels: label }),
  };
  if (Object.keys(matcher).length > 0) return matcher;
  return refuseInput(
    'Nothing says what is silenced.',
    '--agent',
    "Give --agent, --rule, --subject, --severity or --label; '*' is all.",
  );
}

function coverText({ covers }: Alert, now: number): string {
  return covers
    .map(({ cover, why, until }) => `${cover}${until === null ? '' : ` until ${momentText(until, now)}`} (${why})`)
    .join('; ');
}

function alertTable(alerts: Alert[], now: number): string {
  return table(alerts, [
    { head: 'Alert', cell: ({ key }) => key },
    { head: 'State', cell: ({ state }) => state },
    { head: 'Severity', cell: ({ severity }) => severity },
    { head: 'Since', cell: ({ firedAt }) => momentText(firedAt, now) },
    { head: 'What', cell: ({ summary }) => summary },
    { head: 'Value', cell: ({ value }) => value },
    { head: 'Incident', cell: ({ incident }) => (incident === null ? '-' : `#${incident}`) },
    { head: 'Covered', cell: (alert) => coverText(alert, now) || '-' },
  ]);
}

function alertText(alert: Alert, runbooks: { name: string }[], now: number): string {
  const { acknowledgedBy, acknowledgedUntil, resolvedAt } = alert;
  return fields([
    ['Alert', `${alert.key}: ${alert.summary}`],
    ['Rule', `${alert.rule} of ${alert.subject}, ${alert.severity}`],
    ['State', alert.state],
    ['Since', `${momentText(alert.firedAt, now)}, ${spanText((resolvedAt ?? now) - alert.firedAt)}`],
    ['Over', resolvedAt === null ? null : momentText(resolvedAt, now)],
    ['Value', alert.value],
    ['Error', alert.error],
    ['Incident', alert.incident === null ? null : `#${alert.incident}`],
    [
      'Taken by',
      acknowledgedBy === null
        ? null
        : `${acknowledgedBy.name}${acknowledgedUntil === null ? '' : `, until ${momentText(acknowledgedUntil, now)}`}`,
    ],
    ['Escalated', alert.escalated === 0 ? null : counted(alert.escalated, 'step')],
    ['Covered', coverText(alert, now) || null],
    ['Runbooks', runbooks.map(({ name }) => name).join(', ') || 'none answers it'],
  ]);
}

/** What a silence matches: `agent=invoice-*, severity=page`. */
export function matcherText({ labels = {}, ...matcher }: Matcher): string {
  return Object.entries({ ...matcher, ...labels })
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function silenceTable(silences: Silence[], now: number): string {
  return table(silences, [
    { head: 'Silence', cell: ({ id }) => String(id) },
    { head: 'Of', cell: ({ matcher }) => matcherText(matcher) },
    { head: 'Until', cell: ({ until }) => momentText(until, now) },
    { head: 'By', cell: ({ by }) => by.name },
    { head: 'Why', cell: ({ reason }) => reason },
  ]);
}

function ruleTable(rules: AlertRuleView[], now: number): string {
  return table(rules, [
    { head: 'Rule', cell: ({ name }) => name },
    { head: 'Severity', cell: ({ severity }) => severity },
    { head: 'From', cell: ({ from, file }) => (file === null ? from : basename(file)) },
    { head: 'Fires', cell: ({ firing }) => String(firing), right: true },
    { head: 'In 28 d', cell: ({ firedLast28d }) => String(firedLast28d), right: true },
    { head: 'Last', cell: ({ lastFiredAt }) => (lastFiredAt === null ? '-' : momentText(lastFiredAt, now)) },
    {
      head: 'When',
      cell: ({ when, forMs }) => `${when}${forMs > 0 && !when.includes(', for ') ? `, for ${spanText(forMs)}` : ''}`,
    },
  ]);
}

function replayText({ from, to, rules }: Replay): string {
  if (rules.length === 0) return 'There is no rule to replay: no objective, and no file in alerts/.';
  const lines = rules.flatMap(({ rule, agent, severity, skipped, judgedMinutes, fired }) => {
    const of = `${rule} of ${agent} (${severity})`;
    if (skipped !== null) return [`${of}: not replayed, ${skipped}`];
    const head = `${of}: ${fired.length === 0 ? 'would not have fired' : `would have fired ${counted(fired.length, 'time')}`}; ${counted(judgedMinutes, 'minute')} judged`;
    return [
      head,
      ...fired.map(
        (one) => `  ${momentText(one.from, to)} to ${one.to === null ? 'now' : momentText(one.to, to)}: ${one.value}`,
      ),
    ];
  });
  return [`From ${momentText(from, to)} to ${momentText(to, to)}`, ...lines].join('\n');
}
