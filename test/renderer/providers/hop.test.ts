import { describe, expect, it } from 'vitest';
import { type Hop, servingHop } from '../../../renderer/providers/hop.ts';

const hop = (provider: string, state: Hop['state']): Hop => ({ provider, model: 'm', state, share: 1, calls: 0 });

describe('who takes the next call of a route', () => {
  it('is the first that serves or returns', () => {
    const route = [hop('a', 'breaker-open'), hop('b', 'returning'), hop('c', 'serves')];
    expect(servingHop(route)?.provider).toBe('b');
  });

  it('is nobody while all refuse', () => {
    expect(servingHop([hop('a', 'no-key'), hop('b', 'cooling-down'), hop('c', 'budget-spent')])).toBeNull();
  });
});
