import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Json } from '#contract/basic.ts';
import { BATCH_MAX, batchItemSchema, type SubmitManyAnswer } from '#contract/task.ts';
import type { Cli } from './cli.ts';
import { EXIT, exitOf } from './exit.ts';
import { readText } from './input.ts';
import type { Output } from './output.ts';
import { refuseInput } from './refusal.ts';

type LineOutcome = Output<'submit --batch'>['lines'][number];
/** A line that can be sent. */
type Line = { line: number; task: Json };

/** Refused lines shown; the document has them all. */
const SHOWN = 20;

/** Submits each line of a JSONL file: `{ "input": ... }`, and `key`, `priority`, `runAt` where they are wanted. */
export async function submitBatch(
  cli: Cli,
  agent: string,
  file: string,
  defaults: { priority: number; runAt?: number },
): Promise<void> {
  const name = file === '-' ? 'standard input' : file;
  const { lines, refused } = readLines(await readDocument(file, cli.terminal.stdin), defaults);
  if (lines.length + refused.length === 0) {
    refuseInput(`${name} has no line.`, '--batch', 'Write one task a line: { "input": ... }');
  }
  const outcomes: LineOutcome[] = [...refused];
  const { client } = await cli.connect();
  for (let from = 0; from < lines.length; from += BATCH_MAX) {
    const part = lines.slice(from, from + BATCH_MAX);
    const { results } = await client.tasks.submitMany({ agent, tasks: part.map((each) => each.task) });
    for (const [index, result] of results.entries()) outcomes.push(outcomeOf(part[index]?.line ?? 0, result));
  }
  outcomes.sort((a, b) => a.line - b.line);
  const count = (outcome: LineOutcome['outcome']) => outcomes.filter((each) => each.outcome === outcome).length;
  const document = {
    accepted: count('accepted'),
    duplicates: count('duplicate'),
    refused: count('refused'),
    lines: outcomes,
  };
  const wrong = outcomes.flatMap((each) => (each.outcome === 'refused' ? [each] : []));
  for (const each of wrong.slice(0, SHOWN)) cli.note(`${name}:${each.line}: ${each.message} ${each.todo}`);
  if (wrong.length > SHOWN) cli.note(`and ${wrong.length - SHOWN} more lines`);
  const inWords = `${document.accepted} accepted, ${document.duplicates} submitted before, ${document.refused} refused`;
  cli.finish('submit --batch', document, inWords, wrong[0] === undefined ? EXIT.ok : exitOf(wrong[0].code));
}

async function readDocument(file: string, stdin: Readable): Promise<string> {
  return file === '-' ? text(stdin) : readText(file);
}

/** The tasks in the lines, and the lines that hold none. Empty lines are passed over. */
function readLines(
  document: string,
  { priority, runAt }: { priority: number; runAt?: number },
): { lines: Line[]; refused: LineOutcome[] } {
  const lines: Line[] = [];
  const refused: LineOutcome[] = [];
  for (const [index, content] of document.split('\n').entries()) {
    if (content.trim() === '') continue;
    const line = index + 1;
    const read = readLine(content);
    if (typeof read === 'string') refused.push({ outcome: 'refused', line, code: 'BAD_INPUT', message: read, ...MEND });
    else lines.push({ line, task: { priority, ...(runAt === undefined ? {} : { runAt }), ...read } });
  }
  return { lines, refused };
}

const MEND = {
  kept: 'This line was not sent.',
  todo: 'Write { "input": ... }, and key, priority and runAt if wanted.',
};

/** @returns the task, or what is wrong with the line */
function readLine(content: string): Record<string, Json> | string {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    return `It is not JSON: ${(error as Error).message}.`;
  }
  const read = batchItemSchema.safeParse(value);
  const issue = read.error?.issues[0];
  if (issue !== undefined)
    return `It does not fit: ${[issue.path.join('.'), issue.message].filter(Boolean).join(': ')}.`;
  // As it was written: the defaults of the command fill only what it leaves out.
  return value as Record<string, Json>;
}

function outcomeOf(line: number, result: SubmitManyAnswer['results'][number]): LineOutcome {
  if (result.outcome !== 'refused') return { line, ...result };
  const { where, ...rest } = result;
  const inside = where?.replace(/^tasks\.\d+\.?/, '');
  return { line, ...rest, ...(inside ? { where: inside } : {}) };
}
