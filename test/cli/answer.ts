import { errorOutputSchema, OUTPUT, type Output, type OutputName } from '../../electron/cli/output.ts';

export type Answer = { code: number; out: string; err: string };

/** The one document on standard output, held to its schema; nothing stands beside it. */
export function documentOf<Name extends OutputName>(name: Name, answer: Answer): Output<Name> {
  return OUTPUT[name].parse(JSON.parse(answer.out)) as Output<Name>;
}

/** The error on standard output, and the exit code. */
export function errorOf(answer: Answer) {
  return { exit: answer.code, ...errorOutputSchema.parse(JSON.parse(answer.out)).error };
}
