import { type Action, actionSchema } from '#contract/action.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Check, Directive } from '#contract/runbook.ts';
import { parseDirective } from '../parse/directive.ts';
import { fill } from '../parse/fill.ts';

type Lookup = (name: string) => string | undefined;

/** Fills the values of a directive. Only parsed values are filled, so what is filled in is never read as a directive. */
export function fillArguments(args: Record<string, string>, lookup: Lookup): Result<Record<string, string>> {
  const filled: Record<string, string> = {};
  for (const [key, value] of Object.entries(args)) {
    const { text, missing } = fill(value, lookup);
    if (missing.length > 0) return nothingStandsFor(missing);
    filled[key] = text;
  }
  return succeed(filled);
}

/** The check of a step, with its values. */
export function compileCheck(check: Check, lookup: Lookup): Result<Check> {
  const args = fillArguments(check.args, lookup);
  if (!args.ok) return args;
  const expected = fill(check.expected, lookup);
  if (expected.missing.length > 0) return nothingStandsFor(expected.missing);
  return succeed({ ...check, args: args.value, expected: expected.text });
}

/** The action a directive stands for. */
export function compileAction(directive: Directive, lookup: Lookup): Result<Action> {
  const args = fillArguments(directive.args, lookup);
  if (!args.ok) return args;
  const lease = directive.forMs === null ? {} : { forMs: directive.forMs };
  const share = directive.ramp[0] === undefined ? {} : { share: directive.ramp[0] };
  const action = actionSchema.safeParse({ ...verbAndArguments(directive.verb, args.value), ...lease, ...share });
  if (action.success) return succeed(action.data);
  const issue = action.error.issues[0];
  return fail(
    'BAD_INPUT',
    `${directive.verb}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'does not fit'}`,
    NOTHING_DONE,
  );
}

/** The action that a step's `undo:` stands for; null when it has none that can be read. */
export function compileUndo(text: string | null, lookup: Lookup): Action | null {
  const directive = text === null ? null : parseDirective(text).directive;
  if (directive === null) return null;
  const action = compileAction(directive, lookup);
  return action.ok ? action.value : null;
}

/** `scale` is what the runtime can do of it: how many tasks of an agent run at once. */
function verbAndArguments(verb: Directive['verb'], { to, ...args }: Record<string, string>): Record<string, unknown> {
  if (verb === 'scale') return { verb: 'set', ...withNumbers({ ...args, concurrency: to ?? '' }) };
  return { verb, ...withNumbers(args), ...(to === undefined ? {} : { to }) };
}

/** `set` takes numbers, and `default` for what the agent's file says; `requeue` a number and the class of an error. */
function withNumbers({
  concurrency,
  budget,
  limit,
  class: errorClass,
  ...args
}: Record<string, string>): Record<string, unknown> {
  const read = (text: string): number | null => (text === 'default' ? null : Number(text));
  return {
    ...args,
    ...(concurrency === undefined ? {} : { concurrency: read(concurrency) }),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...(errorClass === undefined ? {} : { errorClass }),
    ...(budget === undefined ? {} : { budgetUsd: read(budget.replace(/^\$/, '')) }),
  };
}

const NOTHING_DONE = { kept: 'Nothing was done.', todo: 'Do the step by hand, or skip it with a reason.' };

function nothingStandsFor(missing: string[]): ReturnType<typeof fail> {
  return fail('BAD_INPUT', `Nothing stands for ${missing.map((name) => `\${${name}}`).join(', ')}.`, NOTHING_DONE);
}
