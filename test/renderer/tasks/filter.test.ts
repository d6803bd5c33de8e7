import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorClassSchema, type TaskFilter, taskStateSchema, waitKindSchema } from '#contract/task.ts';
import { filterOf, searchOf, toggleState, withAgent, withText } from '../../../renderer/tasks/filter.ts';

const anyFilter: fc.Arbitrary<TaskFilter> = fc.record(
  {
    agent: fc.constantFrom('invoice-triage', 'a.b_c-9'),
    state: fc.uniqueArray(fc.constantFrom(...taskStateSchema.options), { minLength: 1 }),
    waitKind: fc.uniqueArray(fc.constantFrom(...waitKindSchema.options), { minLength: 1 }),
    errorClass: fc.constantFrom(...errorClassSchema.options),
    text: fc.string({ minLength: 1, maxLength: 200 }),
    endedFrom: fc.nat(),
    endedTo: fc.nat(),
  },
  { requiredKeys: [] },
);

describe('the filter of the task table in the address', () => {
  it('comes back as it went in', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(filterOf(searchOf(filter))).toEqual(filter);
      }),
    );
  });

  it('reads well', () => {
    expect(searchOf({ agent: 'invoice-triage', state: ['failed', 'in-doubt'], text: 'INV' })).toBe(
      'agent=invoice-triage&state=failed,in-doubt&text=INV',
    );
  });

  it('leaves out what does not fit', () => {
    expect(filterOf('agent=Not+A+Name&state=failed,nonsense,failed&from=yesterday&to=-1')).toEqual({
      state: ['failed'],
    });
    expect(filterOf('')).toEqual({});
  });

  it('takes one state more or less', () => {
    const one = toggleState({}, 'failed');
    expect(one).toEqual({ state: ['failed'] });
    expect(toggleState(one, 'running')).toEqual({ state: ['failed', 'running'] });
    expect(toggleState(one, 'failed')).toEqual({});
  });

  it('forgets an agent or a text that is taken away', () => {
    expect(withAgent({ agent: 'x', text: 'y' }, null)).toEqual({ text: 'y' });
    expect(withText({ agent: 'x', text: 'y' }, '')).toEqual({ agent: 'x' });
  });
});
