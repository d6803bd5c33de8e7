import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { EVENTS_MAX, type IngestAnswer } from '#contract/event.ts';
import type { Cli } from './cli.ts';
import { EXIT, exitOf } from './exit.ts';
import { counted, momentText } from './format.ts';
import { readText } from './input.ts';
import { refuseInput } from './refusal.ts';

/** Refused events shown; the document has them all. */
const SHOWN = 20;

/** `events`: what other runtimes tell, and the numbers that are made of it. */
export function addEvents(program: Command, cli: Cli): void {
  const events = program.command('events').summary('what other runtimes tell of their tasks');
  events
    .command('ingest')
    .summary('send events of another runtime')
    .description(
      'Sends events of the tasks of another runtime, as POST /v1/events takes them: a JSON list, or one event a line. An event lands once, by runtime, task and sequence: sending a file again changes nothing. A late one counts in the minute of its moment.',
    )
    .argument('<file>', 'the events; - for standard input')
    .action(async (file: string) => {
      const answer = await ingest(cli, file);
      const [first] = answer.refusals;
      for (const { where, message } of answer.refusals.slice(0, SHOWN)) cli.note(`${where}: ${message}`);
      if (answer.refused > SHOWN) cli.note(`and ${answer.refused - SHOWN} more`);
      cli.finish(
        'events ingest',
        answer,
        `${answer.accepted} accepted (${answer.late} late), ${answer.duplicates} landed before, ${answer.refused} refused`,
        first === undefined ? EXIT.ok : exitOf(first.code),
      );
    });
  events
    .command('rebuild')
    .summary('count the numbers of health again from the events')
    .description(
      'Counts every closed hour of which all ends are still here again, from the tasks and the events of other runtimes, and puts in place what differs. Where all is well, nothing does.',
    )
    .action(async () => {
      const { client } = await cli.connect();
      const rebuilt = await client.health.rebuild();
      const { hours, differing, from, until } = rebuilt;
      const span = hours === 0 ? 'no closed hour' : `${counted(hours, 'hour')} since ${momentText(from, until)}`;
      cli.finish('events rebuild', rebuilt, `${span} counted again; ${counted(differing, 'bucket')} differed.`);
    });
}

async function ingest(cli: Cli, file: string): Promise<IngestAnswer> {
  const events = eventsIn(file === '-' ? await text(cli.terminal.stdin) : readText(file), file);
  if (events.length === 0) refuseInput(`${file} has no event.`, file, 'Write a JSON list of events, or one a line.');
  const { client } = await cli.connect();
  const sum: IngestAnswer = { accepted: 0, duplicates: 0, late: 0, refused: 0, refusals: [] };
  for (let from = 0; from < events.length; from += EVENTS_MAX) {
    const part = await client.health.ingest({ events: events.slice(from, from + EVENTS_MAX) });
    sum.accepted += part.accepted;
    sum.duplicates += part.duplicates;
    sum.late += part.late;
    sum.refused += part.refused;
    for (const refusal of part.refusals) {
      const index = from + refusal.index;
      const where = refusal.where?.replace(/^events\.\d+/, `events.${index}`);
      sum.refusals.push({ ...refusal, index, ...(where === undefined ? {} : { where }) });
    }
  }
  return sum;
}

/** A list, or a document a line. */
function eventsIn(document: string, file: string): unknown[] {
  if (document.trimStart().startsWith('[')) return parsed(document, file) as unknown[];
  return document
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parsed(line, `${file}:${index + 1}`)]));
}

function parsed(document: string, where: string): unknown {
  try {
    return JSON.parse(document);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuseInput(`${where} is not JSON: ${reason}.`, where, 'Write a JSON list of events, or one event a line.');
  }
}
