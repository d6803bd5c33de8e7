import type { Runbooks } from '../runbook/index.ts';
import type { AlertRulesFolder } from './alert-rules.ts';

/** What answers an alert is read from the runbooks again after this, ms. */
const ANSWERING_MS = 1_000;

type Answer = { name: string; title: string };

/**
 * What answers an alert: asked of every incident with every frame of the board, and read from the files once in a while.
 * @param runbooks a function, as they are made later
 */
export function createAnswering(
  alertRules: Pick<AlertRulesFolder, 'inForce'>,
  runbooks: () => Pick<Runbooks, 'list' | 'forAlert'>,
  now: () => number,
): (rule: string) => Answer[] {
  const known = new Map<string, { at: number; found: Answer[] }>();

  function read(rule: string): Answer[] {
    const named = alertRules.inForce().rules.find((one) => one.rule.name === rule)?.rule.runbook;
    const own = runbooks()
      .list()
      .flatMap(({ name, title }) => (name === named ? [{ name, title }] : []));
    return [
      ...own,
      ...runbooks()
        .forAlert(rule)
        .filter(({ name }) => name !== named),
    ];
  }

  /** What answers a rule, the runbook that its own file names first. */
  return (rule) => {
    const before = known.get(rule);
    if (before !== undefined && Math.abs(now() - before.at) < ANSWERING_MS) return before.found;
    const found = read(rule);
    known.set(rule, { at: now(), found });
    return found;
  };
}
