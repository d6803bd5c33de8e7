import { createHash } from 'node:crypto';
import { type Action, commandOf, type Outcome, type Plan } from '#contract/action.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Guards } from './guards.ts';

type Reset = Extract<Action, { verb: 'reset' }>;

function breakerOf(name: string, guards: Guards) {
  const provider = guards.providers.get(name);
  if (provider) return { what: `provider ${name}`, ...provider };
  const integration = guards.integrations.get(name);
  return integration && { what: `integration ${name}`, cooldownUntil: null, share: 1, ...integration };
}

/** What a reset would do, from live state. */
export function planReset(action: Reset, guards: Guards): Result<Plan> {
  const found = breakerOf(action.breaker, guards);
  if (!found) {
    const names = [...guards.providers.list(), ...guards.integrations.list()].map((each) => each.name);
    return fail('NOT_FOUND', `There is no provider or integration "${action.breaker}".`, {
      kept: 'Nothing was changed.',
      todo: `Use one of: ${names.join(', ')}.`,
      where: 'breaker',
    });
  }
  const { what, breaker, cooldownUntil, share, calls, errors } = found;
  const cooling = cooldownUntil === null ? '' : '; it is asked again although it wanted to be left alone';
  const more = share < 1 ? '; all of its traffic comes back at once' : '';
  return succeed({
    action,
    willChange: `Breaker of ${what}: ${breaker} → closed${cooling}${more}`,
    touches: 'every task that waits for it goes on',
    headroom: `${errors} errors in ${calls} calls of the last minute`,
    undoneBy: 'nothing; it opens again by itself when calls fail',
    undo: null,
    command: commandOf(action),
    hash: createHash('sha256')
      .update(JSON.stringify([action, breaker, cooldownUntil]))
      .digest('hex')
      .slice(0, 16),
  });
}

export function resetBreaker(action: Reset, by: Actor, guards: Guards): void {
  if (guards.providers.get(action.breaker)) guards.providers.reset(action.breaker, by.name);
  else guards.integrations.reset(action.breaker);
}

export function verifyReset(action: Reset, guards: Guards): Outcome {
  const found = breakerOf(action.breaker, guards);
  if (!found) return { state: 'diverged', evidence: `there is no ${action.breaker} any more` };
  return found.breaker === 'closed'
    ? { state: 'applied', evidence: `the breaker of ${found.what} is closed` }
    : { state: 'diverged', evidence: `the breaker of ${found.what} is ${found.breaker}` };
}
