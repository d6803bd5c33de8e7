import { describe, expect, it } from 'vitest';
import type { AgentHealth } from '#contract/health.ts';
import { wholeOf } from '../../../renderer/board/whole.ts';

function agents(...states: AgentHealth['state'][]): AgentHealth[] {
  return states.map((state) => ({ state }) as AgentHealth);
}

const NONE = { now: 0, soon: 0 };

describe('the sentence on the whole', () => {
  it('says the worst first: incidents that nobody took, what fails, incidents that can wait, what is slow, is unknown', () => {
    expect(wholeOf(agents('failing', 'slow'), { now: 13, soon: 2 })).toEqual({
      tone: 'now',
      text: '13 incidents need you now',
    });
    expect(wholeOf(agents('failing', 'slow'), { now: 1, soon: 0 }).text).toBe('1 incident needs you now');
    expect(wholeOf(agents('failing', 'failing', 'slow'), { now: 0, soon: 1 })).toEqual({
      tone: 'now',
      text: '2 agents need you now',
    });
    expect(wholeOf(agents('slow', 'met'), { now: 0, soon: 1 })).toEqual({
      tone: 'soon',
      text: '1 incident waits for you',
    });
    expect(wholeOf(agents('slow'), { now: 0, soon: 2 }).text).toBe('2 incidents wait for you');
    expect(wholeOf(agents('slow', 'unknown'), NONE)).toEqual({ tone: 'soon', text: '1 agent is slow' });
    expect(wholeOf(agents('unknown', 'met'), NONE).text).toBe('Nothing is known of 1 agent');
  });
});
