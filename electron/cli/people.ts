import { type Command, Option } from 'commander';
import { givenJsonSchema, type Json } from '#contract/basic.ts';
import type { Answer, Choice, Question, Resolution } from '#contract/question.ts';
import { readNumber, readTaskId, readWhole } from './argument.ts';
import type { Cli } from './cli.ts';
import { fields, momentText, plain, spanText } from './format.ts';
import { refuseInput } from './refusal.ts';

const SHOWN = 50;

type QuestionsOptions = { all?: true; task?: string; limit: number };
type AnswerOptions = { text?: string; value?: Json };
type ResolveOptions = { landed?: Json; notLanded?: true; giveUp?: string; step?: string };

/** `questions`, `answer` and `resolve`: what waits for a person, and what people say. */
export function addPeople(program: Command, cli: Cli): void {
  program
    .command('questions')
    .summary('list what waits for an answer')
    .description(
      'Lists the questions that tasks wait with, newest first, each with its choices and the command that answers it. Tasks in doubt stand in nightdesk tasks --state in-doubt.',
    )
    .option('--all', 'answered ones, too')
    .option('--task <task>', 'of this task', readTaskId)
    .option('--limit <number>', 'this many at most', readWhole(1, 1_000), SHOWN)
    .action(async ({ all, task, limit }: QuestionsOptions) => {
      const { client } = await cli.connect();
      const filter = { open: all !== true, limit, ...(task === undefined ? {} : { task }) };
      const questions = await client.questions.list(filter);
      const text = questions.map((question) => questionText(question, Date.now())).join('\n\n');
      cli.finish('questions', { questions }, text || 'Nothing waits for an answer.');
    });

  program
    .command('answer')
    .summary('answer a question')
    .description('Answers a question, and its task goes on. The first answer counts.')
    .argument('<question>', 'its number', readNumber)
    .argument('<choice>', 'one of its choices')
    .option('--text <text>', 'words for the agent')
    .option('--value <json>', 'a JSON document or an amount, for choices that take one', readInline)
    .action(async (id: number, choice: string, { text, value }: AnswerOptions) => {
      const answer: Answer = {
        choice,
        ...(text === undefined ? {} : { text }),
        ...(value === undefined ? {} : { value }),
      };
      const { client } = await cli.connect();
      const question = await client.questions.answer({ id, answer });
      cli.finish('answer', question, `Answered: ${question.task} goes on.`);
    });

  program
    .command('resolve')
    .summary('say what became of an effect in doubt')
    .description(
      'Says of a task in doubt what a look at the other system showed. A task whose effect landed goes on with its result; one that did not land runs it again under the same key.',
    )
    .argument('<task>', 'its id', readTaskId)
    .addOption(
      new Option('--landed <json>', 'it landed, with this result')
        .argParser(readInline)
        .conflicts(['notLanded', 'giveUp']),
    )
    .addOption(new Option('--not-landed', 'it did not land').conflicts('giveUp'))
    .option('--give-up <reason>', 'end the task as failed')
    .option('--step <step>', 'the effect that is meant, where more than one is in doubt')
    .action(async (id: string, options: ResolveOptions) => {
      const resolution = resolutionOf(options);
      const { client } = await cli.connect();
      const { step } = options;
      const task = await client.tasks.resolve({ id, resolution, ...(step === undefined ? {} : { step }) });
      cli.finish('resolve', task, `${task.id} ${task.state}${task.reason === null ? '' : `: ${plain(task.reason)}`}`);
    });
}

function readInline(text: string): Json {
  try {
    return givenJsonSchema.parse(JSON.parse(text));
  } catch {
    return refuseInput(
      `${text} is not JSON.`,
      '--value',
      'Write one JSON document, a text in double quotes: \'"yes"\'.',
    );
  }
}

function resolutionOf({ landed, notLanded, giveUp }: ResolveOptions): Resolution {
  if (landed !== undefined) return { as: 'landed', result: landed };
  if (notLanded === true) return { as: 'not-landed' };
  if (giveUp !== undefined) return { as: 'given-up', reason: giveUp };
  return refuseInput(
    'Nothing is said of the effect.',
    '--landed',
    'Give --landed RESULT, --not-landed or --give-up REASON.',
  );
}

/** A question, its choices and how to answer. */
function questionText(question: Question, now: number): string {
  const { id, deadline, onDeadline, answer, by, answeredAt } = question;
  const lines = [
    fields([
      ['Question', `${id}: ${question.text}`],
      ['Task', `${question.task} of ${question.agent}, ${question.kind} at "${question.step}"`],
      ['Asked', momentText(question.askedAt, now)],
      ['About', question.details === null ? null : JSON.stringify(question.details)],
      [
        'Deadline',
        deadline === null || answeredAt !== null
          ? null
          : `${momentText(deadline, now)}, in ${spanText(deadline - now)}; then "${onDeadline ?? ''}"`,
      ],
      [
        'Answered',
        answeredAt === null ? null : answeredText(answer, by?.name ?? 'somebody', momentText(answeredAt, now)),
      ],
    ]),
  ];
  if (answeredAt === null)
    lines.push(...question.choices.map((choice) => `  ${commandFor(id, choice)}   ${plain(choice.label)}`));
  return lines.join('\n');
}

function answeredText(answer: Answer | null, by: string, at: string): string {
  if (answer === null) return `not: its task ended, ${at} (${by})`;
  return `${answer.choice}${answer.text === undefined ? '' : `, "${answer.text}"`}, ${at} (${by})`;
}

function commandFor(id: number, choice: Choice): string {
  const word = /^[\w.-]+$/.test(choice.value) ? choice.value : `'${choice.value.replaceAll("'", `'\\''`)}'`;
  switch (choice.takes) {
    case 'nothing':
      return `nightdesk answer ${id} ${word}`;
    case 'text':
      return `nightdesk answer ${id} ${word} --text TEXT`;
    case 'json':
      return `nightdesk answer ${id} ${word} --value JSON`;
    case 'usd':
      return `nightdesk answer ${id} ${word} --value USD`;
  }
}
