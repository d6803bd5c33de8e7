import type { AgentHealth } from '#contract/health.ts';
import type { Tone } from '../kit/index.ts';

/** The one sentence on the whole. */
export type Whole = { tone: Tone; text: string };

/**
 * What the top strip says: the worst thing first. An incident that nobody took says more than its failing agent.
 *
 * @param untaken incidents that nobody has acknowledged: those that need a person now, and those that can wait a little
 */
export function wholeOf(agents: readonly AgentHealth[], untaken: { now: number; soon: number }): Whole {
  const failing = agents.filter((agent) => agent.state === 'failing').length;
  const slow = agents.filter((agent) => agent.state === 'slow').length;
  const unknown = agents.filter((agent) => agent.state === 'unknown').length;
  const young = agents.filter((agent) => agent.state === 'not-enough-data').length;
  if (untaken.now > 0) {
    return {
      tone: 'now',
      text: untaken.now === 1 ? '1 incident needs you now' : `${untaken.now} incidents need you now`,
    };
  }
  if (failing > 0) return { tone: 'now', text: `${agentsText(failing)} ${failing === 1 ? 'needs' : 'need'} you now` };
  if (untaken.soon > 0) {
    return {
      tone: 'soon',
      text: untaken.soon === 1 ? '1 incident waits for you' : `${untaken.soon} incidents wait for you`,
    };
  }
  if (slow > 0) return { tone: 'soon', text: `${agentsText(slow)} ${slow === 1 ? 'is' : 'are'} slow` };
  if (unknown > 0) return { tone: 'unknown', text: `Nothing is known of ${agentsText(unknown)}` };
  if (agents.length === 0) return { tone: 'quiet', text: 'No agents yet' };
  if (young === agents.length) return { tone: 'unknown', text: 'Not enough data yet' };
  if (young > 0) {
    const met = agents.length - young;
    return {
      tone: 'met',
      text: `${met} of ${agents.length} agents ${met === 1 ? 'meets its objective' : 'meet their objectives'}`,
    };
  }
  return { tone: 'met', text: 'All agents meet their objectives' };
}

function agentsText(count: number): string {
  return count === 1 ? '1 agent' : `${count} agents`;
}
