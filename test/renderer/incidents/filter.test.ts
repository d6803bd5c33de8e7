import { describe, expect, it } from 'vitest';
import type { Incident, SpanStat } from '#contract/incident.ts';
import { asksOf, commandText } from '../../../renderer/incidents/asked.ts';
import { EVERY_INCIDENT, isShown, timeWords } from '../../../renderer/incidents/filter.ts';
import { marksOf } from '../../../renderer/incidents/marks.ts';
import { openFirst } from '../../../renderer/incidents/state.ts';

const ANA = { name: 'ana', via: 'console' } as const;
const AT = 1_800_000_000_000;

function incident(change: Partial<Incident> = {}): Incident {
  return {
    id: 1,
    title: 'anthropic is down',
    state: 'open',
    severity: 'sev2',
    openedAt: AT,
    openedBy: null,
    resolvedAt: null,
    resolveReason: null,
    acknowledgedBy: null,
    rehearsal: false,
    times: { impactAt: null, detectedAt: AT, mitigatedAt: null, resolvedAt: null },
    roles: [],
    mergedInto: null,
    alerts: [],
    agents: ['invoice-triage'],
    runbooks: [],
    run: null,
    touches: '',
    changed: '',
    done: '',
    ...change,
  };
}

describe('the list of incidents', () => {
  it('shows what is open, of a severity, and holds every word', () => {
    const one = incident({ roles: [{ role: 'commander', holder: ANA, since: AT }] });
    expect(isShown(one, EVERY_INCIDENT)).toBe(true);
    expect(isShown(incident({ state: 'resolved' }), { ...EVERY_INCIDENT, open: true })).toBe(false);
    expect(isShown(one, { ...EVERY_INCIDENT, severity: 'sev1' })).toBe(false);
    expect(isShown(one, { ...EVERY_INCIDENT, text: 'ANA triage' })).toBe(true);
    expect(isShown(one, { ...EVERY_INCIDENT, text: 'ana google' })).toBe(false);
  });

  it('has the worst of the open first, and the resolved by time alone', () => {
    const rows = [
      incident({ id: 1, state: 'resolved', severity: 'sev1', openedAt: AT }),
      incident({ id: 2, state: 'resolved', severity: 'sev3', openedAt: AT + 1 }),
      incident({ id: 3, severity: 'sev3', openedAt: AT + 9 }),
      incident({ id: 4, severity: 'sev1' }),
      incident({ id: 5, state: 'acknowledged', severity: 'sev1' }),
    ];
    expect(openFirst(rows).map(({ id }) => id)).toEqual([4, 3, 5, 2, 1]);
  });

  it('says times with their n, as at least where open ones may move them, and claims nothing of none', () => {
    const none: SpanStat = {
      n: 0,
      lasting: 0,
      unmeasured: 2,
      medianMs: null,
      medianAtLeast: false,
      p90Ms: null,
      p90AtLeast: false,
    };
    const some = { ...none, n: 3, lasting: 1, unmeasured: 0, medianMs: 60_000, p90Ms: 120_000, p90AtLeast: true };
    const one = { ...some, n: 1, lasting: 0, p90AtLeast: false };
    const words = timeWords({
      from: 0,
      to: 1,
      rehearsal: false,
      incidents: 3,
      detect: none,
      mitigate: one,
      resolve: some,
    });
    expect(words).toEqual([
      { name: 'To detect', value: 'none measured', of: '2 not measured' },
      { name: 'To mitigate', value: '1 min', of: 'of 1' },
      { name: 'To resolve', value: 'median 1 min, p90 ≥ 2 min', of: 'of 3, 1 still open' },
    ]);
  });
});

describe('what can be asked', () => {
  const bare = { state: 'open', mergedInto: null, alerts: [], lastMove: null } as const;

  it('follows from how the incident stands', () => {
    expect(asksOf({ ...bare, alerts: [] })).toEqual(['severity', 'role', 'hand-over', 'merge', 'resolve', 'review']);
    expect(asksOf({ ...bare, alerts: [], state: 'resolved' })).toContain('reopen');
    expect(asksOf({ ...bare, alerts: [], mergedInto: 3, lastMove: { id: 1, text: '' } })).toEqual(['undo', 'review']);
  });

  it('is written as the command line takes it', () => {
    expect(commandText(3, { do: 'resolve', reason: "it's over", anyway: true })).toBe(
      `nightdesk incident resolve 3 'it'\\''s over' --anyway`,
    );
    expect(commandText(3, { do: 'severity', severity: 'sev1', reason: '' })).toBe('nightdesk incident severity 3 sev1');
    expect(commandText(3, { do: 'take', role: 'commander', holder: 'ben' })).toBe(
      'nightdesk incident role 3 commander --to ben',
    );
    expect(commandText(3, { do: 'merge', into: 4 })).toBe('nightdesk incident merge 3 4');
  });
});

it('the chart marks alerts, what was done and what changed; an intervention since then is an action, once', () => {
  const change = { kind: 'definition', subject: 'a', text: 'x -> y', by: null, concerns: true } as const;
  const marks = marksOf({
    openedAt: AT,
    timeline: [
      { at: AT + 5, kind: 'action', text: 'ben paused a', by: null },
      { at: AT, kind: 'alert', text: 'Alert', by: null },
      { at: AT + 1, kind: 'note', text: 'hm', by: null },
    ],
    changes: [
      { ...change, at: AT + 5, kind: 'intervention', text: 'ben paused a' },
      { ...change, at: AT - 5 },
      { ...change, at: AT - 9, kind: 'intervention', text: 'ben set a' },
      { ...change, at: AT - 7, concerns: false },
    ],
  });
  expect(marks).toEqual([
    { at: AT - 9, kind: 'change', text: 'ben set a' },
    { at: AT - 5, kind: 'change', text: 'a: x -> y' },
    { at: AT, kind: 'alert', text: 'Alert' },
    { at: AT + 5, kind: 'action', text: 'ben paused a' },
  ]);
});
