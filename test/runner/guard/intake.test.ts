import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hindrance, type IntakeStanding, intakeStep } from '../../../electron/runner/guard/intake.ts';

const open: IntakeStanding = { intake: 'open', since: null, reason: null, byPerson: false };
const budget: Hindrance = { reason: 'budget', since: 1_000 };

describe('the desk’s hand on an intake', () => {
  it('closes it for what hinders it, and opens it when that is over', () => {
    expect(intakeStep(open, [budget])).toEqual({ do: 'close', reason: 'budget' });
    const closed: IntakeStanding = { intake: 'draining', since: 1_000, reason: 'budget', byPerson: false };
    expect(intakeStep(closed, [budget])).toEqual({ do: 'nothing' });
    expect(intakeStep(closed, [])).toEqual({ do: 'open' });
  });

  it('keeps it closed for the second reason when the first is over', () => {
    const closed: IntakeStanding = { intake: 'draining', since: 1_000, reason: 'critical:ledger', byPerson: false };
    expect(intakeStep(closed, [budget])).toEqual({ do: 'close', reason: 'budget' });
  });

  it('never opens what a person closed', () => {
    fc.assert(
      fc.property(fc.constantFrom('paused' as const, 'draining' as const), fc.boolean(), (intake, hindered) => {
        const standing: IntakeStanding = { intake, since: 5, reason: null, byPerson: true };
        return intakeStep(standing, hindered ? [budget] : []).do === 'nothing';
      }),
    );
  });

  it('does not close again what a person opened in spite of it, but for the next time', () => {
    const opened: IntakeStanding = { intake: 'open', since: 2_000, reason: null, byPerson: true };
    expect(intakeStep(opened, [budget])).toEqual({ do: 'nothing' });
    expect(intakeStep(opened, [{ reason: 'budget', since: 3_000 }])).toEqual({ do: 'close', reason: 'budget' });
  });
});
