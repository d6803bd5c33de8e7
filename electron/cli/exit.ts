import { ERRORS, type ErrorCode } from '#contract/errors.ts';

/** Exit codes that stand for no error of the contract. */
export const EXIT = {
  ok: 0,
  failed: 1,
  underWay: 11,
  person: 12,
  bug: 70,
} as const;

/** Every exit code with what it says to a script: those of the contract's errors, and the command line's own. */
export const EXIT_CODES: { exit: number; name: string; means: string }[] = [
  { exit: EXIT.ok, name: '', means: 'It was done, and its effect was seen.' },
  {
    exit: EXIT.failed,
    name: '',
    means: 'The thing asked for failed: the task failed, the effect did not come, the run ended without recovery.',
  },
  ...Object.entries(ERRORS).map(([name, { exit, message }]) => ({ exit, name, means: message })),
  { exit: EXIT.underWay, name: '', means: 'Time ran out; it was accepted and goes on.' },
  { exit: EXIT.person, name: '', means: 'The run waits for a person at the step shown.' },
  { exit: EXIT.bug, name: 'BUG', means: 'A fault in Nightdesk itself.' },
].sort((a, b) => a.exit - b.exit);

/** The exit code that an error's code stands for. */
export function exitOf(code: ErrorCode | 'BUG'): number {
  return code === 'BUG' ? EXIT.bug : ERRORS[code].exit;
}
