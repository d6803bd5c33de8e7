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

/** The lines of `runbook run --json` or `resume --json`, each held to its schema. */
export function linesOf(answer: Answer): Output<'runbook run'>[] {
  return answer.out
    .trim()
    .split('\n')
    .map((line) => OUTPUT['runbook run'].parse(JSON.parse(line)));
}

/** Its last line: how far it came. */
export function stoppedOf(answer: Answer): Extract<Output<'runbook run'>, { event: 'stopped' }> {
  const last = linesOf(answer).at(-1);
  if (last?.event !== 'stopped') throw new Error(`the last line is ${last?.event}`);
  return last;
}
