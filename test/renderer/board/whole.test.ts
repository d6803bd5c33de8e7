import { describe, expect, it } from 'vitest';
import type { AgentHealth } from '#contract/health.ts';
import { wholeOf } from '../../../renderer/board/whole.ts';

function agents(...states: AgentHealth['state'][]): AgentHealth[] {
  return states.map((state) => ({ state }) as AgentHealth);
}

describe('the sentence on the whole', () => {
  it('says the worst first: incidents that nobody took, then what fails, is slow, is unknown', () => {
    expect(wholeOf(agents('failing', 'slow'), 13)).toEqual({ tone: 'now', text: '13 incidents need you now' });
    expect(wholeOf(agents('failing', 'slow'), 1).text).toBe('1 incident needs you now');
    expect(wholeOf(agents('failing', 'failing', 'slow'), 0)).toEqual({ tone: 'now', text: '2 agents need you now' });
    expect(wholeOf(agents('slow', 'unknown'), 0)).toEqual({ tone: 'soon', text: '1 agent is slow' });
    expect(wholeOf(agents('unknown', 'met'), 0).text).toBe('Nothing is known of 1 agent');
  });
});
