import { describe, expect, it } from 'vitest';
import type { IncidentDetail } from '#contract/incident.ts';
import { draftHandover, nextStepOf } from '../../../electron/health/incident/handover.ts';
import { draftReview } from '../../../electron/health/incident/review.ts';
import { NIGHT } from '../../support/health.ts';

const MINUTE = 60_000;
const ANA = { name: 'ana', via: 'console' } as const;

const INCIDENT: IncidentDetail = {
  id: 7,
  title: 'anthropic is down: invoice-triage affected',
  state: 'resolved',
  severity: 'sev1',
  openedAt: NIGHT,
  openedBy: null,
  resolvedAt: NIGHT + 30 * MINUTE,
  resolveReason: null,
  acknowledgedBy: ANA,
  rehearsal: false,
  times: {
    impactAt: NIGHT - 2 * MINUTE,
    detectedAt: NIGHT,
    mitigatedAt: NIGHT + 10 * MINUTE,
    resolvedAt: NIGHT + 30 * MINUTE,
  },
  roles: [{ role: 'commander', holder: ANA, since: NIGHT }],
  mergedInto: null,
  alerts: [
    {
      id: 'a',
      key: 'k',
      rule: 'provider-breaker-open',
      subject: 'anthropic',
      severity: 'page',
      state: 'resolved',
      covers: [],
      summary: 'anthropic is down',
      labels: {},
      value: '75 % errors',
      error: '529 | overloaded',
      incident: 7,
      pendingSince: null,
      firedAt: NIGHT,
      acknowledgedBy: null,
      acknowledgedUntil: null,
      escalated: 0,
      resolvedAt: NIGHT + 30 * MINUTE,
    },
  ],
  agents: ['invoice-triage'],
  runbooks: [{ name: 'provider-down', title: 'Provider down' }],
  run: null,
  touches: '4 failed, 0 waiting',
  changed: '',
  done: '',
  timeline: [
    { at: NIGHT + 5 * MINUTE, kind: 'action', text: 'ana rerouted invoice-triage', by: ANA },
    { at: NIGHT + MINUTE, kind: 'note', text: 'vendor says:\nwe | look', by: ANA },
    { at: NIGHT, kind: 'alert', text: 'Alert: breaker of anthropic opens', by: null },
  ],
  changes: [
    { at: NIGHT + MINUTE, kind: 'settings', subject: 'nightdesk.yaml', text: 'later', by: null, concerns: true },
    {
      at: NIGHT - 4 * MINUTE,
      kind: 'definition',
      subject: 'invoice-triage',
      text: 'a1 -> b2: prompt (+1 -1 lines)',
      by: null,
      concerns: true,
    },
    {
      at: NIGHT - 60 * MINUTE,
      kind: 'provider',
      subject: 'google',
      text: 'the breaker of google opened',
      by: null,
      concerns: false,
    },
  ],
  merged: [],
  handovers: [],
  lastMove: null,
};

describe('the draft of a review', () => {
  const text = draftReview(INCIDENT, { ended: 200, failed: 50 }, NIGHT + 60 * MINUTE, 'Europe/Berlin');

  it('fills in what the record knows, in the local time of the desk', () => {
    expect(text).toContain('# Incident 7: anthropic is down: invoice-triage affected');
    expect(text).toContain('50 of 200 tasks (25.0 %) of invoice-triage failed');
    // 03:00 UTC is 04:00 in Berlin in November.
    expect(text).toContain('| First bad minute | 2026-11-24 03:58:00 |  |');
    expect(text).toContain('| Detected | 2026-11-24 04:00:00 | 2 min |');
    expect(text).toContain('| Mitigated | 2026-11-24 04:10:00 | 12 min |');
    expect(text).toContain('| Resolved | 2026-11-24 04:30:00 | 32 min |');
    expect(text).toContain('- Commander: ana');
  });

  it('lists what changed before it, the nearest first, and nothing that came later', () => {
    const section = text.slice(text.indexOf('## What changed before it'), text.indexOf('## What was done'));
    expect(section.split('\n').filter((line) => line.startsWith('- '))).toEqual([
      '- 4 min before (2026-11-24 03:56:00): definition of invoice-triage a1 -> b2: prompt (+1 -1 lines)',
      '- 1 h before (2026-11-24 03:00:00, of others): the breaker of google opened',
    ]);
  });

  it('tells the timeline from the beginning, one row an entry whatever is in it', () => {
    const section = text.slice(text.indexOf('## Timeline'), text.indexOf('## Contributing factors'));
    expect(section.split('\n').filter((line) => line.startsWith('| 2026'))).toEqual([
      '| 2026-11-24 04:00:00 | alert | Alert: breaker of anthropic opens |',
      '| 2026-11-24 04:01:00 | note | vendor says: we \\| look (ana) |',
      '| 2026-11-24 04:05:00 | action | ana rerouted invoice-triage (ana) |',
    ]);
  });

  it('leaves to people what only people know', () => {
    expect(text.match(/_To be filled in\._/g)).toHaveLength(4);
    expect(text).toContain('## Action items');
  });

  it('says of one that lasts that its times are at least so long', () => {
    const open = { ...INCIDENT, times: { ...INCIDENT.times, mitigatedAt: null, resolvedAt: null } };
    expect(draftReview(open, { ended: 0, failed: 0 }, NIGHT + MINUTE, 'UTC')).toContain(
      '| Resolved | not yet | at least 3 min |',
    );
  });

  it('holds the stories of its runs, and no section for none', () => {
    const draft = (runs: string[]) => draftReview(INCIDENT, { ended: 0, failed: 0 }, NIGHT, 'UTC', runs);
    expect(draft(['### Provider down\n\n- Run 1'])).toContain(
      '## Runbooks\n\n### Provider down\n\n- Run 1\n\n## Timeline',
    );
    expect(draft([])).not.toContain('## Runbooks');
  });

  it('says that nothing failed rather than 0 %', () => {
    const quiet = { ...INCIDENT, times: { ...INCIDENT.times, impactAt: null, mitigatedAt: null } };
    const draft = draftReview(quiet, { ended: 0, failed: 0 }, NIGHT, 'UTC');
    expect(draft).toContain('No task of its agents failed more than their objectives allow.');
    expect(draft).toContain('| Mitigated | no task failed | not measured |');
  });
});

describe('the draft of a hand-over', () => {
  it('says what was done from the beginning, what is open, and the next step', () => {
    const run = { id: 3, runbook: 'provider-down', title: 'Provider down', step: 2, steps: 5, next: 'Reroute' };
    const firing = INCIDENT.alerts.map((alert) => ({ ...alert, state: 'firing' as const }));
    expect(draftHandover({ ...INCIDENT, state: 'open', run, alerts: firing })).toEqual({
      done: '- vendor says:\nwe | look\n- ana rerouted invoice-triage',
      open: '- anthropic is down (75 % errors)\n- run 3 of Provider down: step 2 of 5',
      next: 'Provider down: Reroute',
    });
  });

  it('names the runbook that answers, or that none does', () => {
    expect(nextStepOf({ ...INCIDENT, state: 'open' })).toBe('Start the runbook Provider down');
    expect(nextStepOf({ ...INCIDENT, state: 'open', runbooks: [] })).toMatch(/no runbook answers/);
  });
});
