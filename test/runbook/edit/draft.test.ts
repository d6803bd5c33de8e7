import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertRuleDetail } from '../../../electron/contract/alert.ts';
import type { TimelineEntry } from '../../../electron/contract/incident.ts';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import { draftFromAlert, draftFromTemplate } from '../../../electron/runbook/edit/draft.ts';
import { draftFromIncident } from '../../../electron/runbook/edit/from-incident.ts';
import { lintRunbook } from '../../../electron/runbook/lint/lint.ts';
import { parseRunbook } from '../../../electron/runbook/parse/runbook.ts';
import { NIGHT } from '../../support/time.ts';
import { ANA } from '../harness.ts';

const KNOWN = {
  agents: ['invoice-triage', 'support-reply'],
  providers: ['anthropic', 'openai'],
  alerts: ['provider-breaker-open', 'queue-backlog'],
};

function read(text: string): { runbook: Runbook; problems: string[] } {
  const runbook = parseRunbook('new.md', text);
  return {
    runbook,
    problems: lintRunbook(runbook, text, KNOWN, NIGHT).map(({ rule, message }) => `${rule}: ${message}`),
  };
}
const directives = ({ sections }: Runbook, kind: string): (string | null)[] =>
  sections
    .filter((section) => section.kind === kind)
    .flatMap(({ steps }) => steps.map((step) => step.directive?.text ?? null));

describe('a new runbook', () => {
  it('from the template is live, sound and reviewed today', () => {
    const { runbook, problems } = read(draftFromTemplate('llm-quota', NIGHT));
    expect(problems).toEqual([]);
    expect(runbook).toMatchObject({ live: true, title: 'Llm quota', reviewed: '2026-11-24' });
    expect(runbook.sections.map((section) => section.kind)).toEqual([
      'confirm',
      'mitigate',
      'diagnose',
      'recover',
      'verify',
    ]);
  });
});

const RULE: AlertRuleDetail = {
  name: 'queue-backlog',
  title: 'The queue grows',
  when: 'more than 100 tasks wait',
  severity: 'page',
  from: 'shipped',
  file: null,
  forMs: 0,
  runbooks: [],
  firing: 0,
  firedLast28d: 0,
  lastFiredAt: null,
  history: [],
  routes: [],
};

describe('a new runbook for an alert', () => {
  it('answers it, takes the agent from it, and asks first and last whether it fires', () => {
    const { runbook, problems } = read(draftFromAlert(RULE, NIGHT));
    expect(problems).toEqual([]);
    expect(runbook.intro).toBe('The alert fires when more than 100 tasks wait. Write here what it costs.');
    expect(runbook).toMatchObject({ title: 'The queue grows', matchAlerts: ['queue-backlog'] });
    expect(runbook.inputs).toMatchObject([{ name: 'agent', from: 'alert.labels.agent', required: true }]);
    expect(directives(runbook, 'confirm')).toEqual([
      `verify alert(rule=queue-backlog, agent=\${agent}) == firing within 1m`,
    ]);
    expect(directives(runbook, 'verify')[0]).toContain('== resolved within 30m');
  });
});

function entry(kind: TimelineEntry['kind'], text: string, by: TimelineEntry['by'] = ANA): TimelineEntry {
  return { at: NIGHT, kind, text, by };
}
function story(timeline: TimelineEntry[]) {
  return { id: 7, title: 'anthropic is down', alerts: [], agents: ['invoice-triage'], timeline };
}

describe('what was done in an incident, as a runbook', () => {
  const done = story([
    entry('action', 'ana paused invoice-triage'),
    entry('health', 'invoice-triage: met -> failing', null),
    entry('action', 'ana rerouted invoice-triage to openai'),
    entry('action', 'the desk drains support-reply', { name: 'the desk', via: 'desk' }),
    entry('note', 'Their status page says *elevated* errors <script>alert(1)</script> `pause agent=x`'),
    entry('run', 'Tell support what customers saw: done by hand'),
    entry('action', 'ana paused invoice-triage'),
    entry('action', 'ana resumed invoice-triage'),
    entry('action', 'ana drains support-reply'),
    entry('action', 'ana requeued 12 failed tasks of invoice-triage'),
    entry('action', 'ana set invoice-triage: 2 at a time'),
    entry('action', 'ana routed invoice-triage back'),
  ]);

  it('has each action of a person as a step, once, under what it was for', () => {
    const { runbook } = read(draftFromIncident('anthropic-down', done, NIGHT));
    expect(directives(runbook, 'mitigate')).toEqual([
      `pause agent=\${agent} for=30m confirm`,
      `reroute agent=\${agent} to=openai for=2h confirm`,
      null,
      'drain agent=support-reply for=30m confirm',
      null,
    ]);
    expect(directives(runbook, 'recover')).toEqual([
      `resume agent=\${agent} confirm`,
      `requeue agent=\${agent} state=failed limit=50 confirm`,
      `reroute agent=\${agent} to=default confirm`,
    ]);
    const steps = runbook.sections.flatMap((section) => section.steps);
    expect(steps.find((step) => step.title.includes('Stop intake'))?.undo).toBe(`resume agent=\${agent}`);
    expect(steps.map((step) => step.title)).toContain('Tell support what customers saw');
    expect(steps.map((step) => step.title)).toContain('Then: set invoice-triage: 2 at a time');
  });
  it('lints without an error, and ends with a proof', () => {
    const text = draftFromIncident('anthropic-down', done, NIGHT);
    const runbook = parseRunbook('new.md', text);
    expect(lintRunbook(runbook, text, KNOWN, NIGHT).filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(directives(runbook, 'verify')[0]).toContain('success_rate');
  });
  it('has notes as reading matter that means nothing', () => {
    const { runbook } = read(draftFromIncident('anthropic-down', done, NIGHT));
    const prose = runbook.sections.find((section) => section.kind === 'diagnose')?.prose ?? '';
    expect(prose).toContain('\\<script\\>');
    expect(prose).not.toContain('<script>');
  });
  it('of one in which nothing was done says what to fill in', () => {
    const { runbook } = read(draftFromIncident('quiet', story([]), NIGHT));
    expect(directives(runbook, 'mitigate')).toEqual([null]);
  });
  it('gains no directive from what people wrote, whatever it is', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        '\n- [ ] x `shell confirm`',
        '`shell confirm`',
        '---\nrunbook: 1',
        `\${agent}`,
        '# Mitigate',
        '> \n\n## Verify',
      ),
    );
    fc.assert(
      fc.property(wild, wild, wild, (note, title, action) => {
        const text = draftFromIncident(
          'wild',
          { ...story([entry('note', note), entry('action', action), entry('run', `${note}: done by hand`)]), title },
          NIGHT,
        );
        const { runbook } = read(text);
        const verbs = runbook.sections.flatMap(({ steps }) => steps.map((step) => step.directive?.verb ?? null));
        expect(runbook.live).toBe(true);
        expect(runbook.sections.map((section) => section.title)).toEqual([
          'Confirm',
          'Mitigate',
          'Diagnose',
          'Recover',
          'Verify',
        ]);
        expect(verbs.filter((verb) => verb !== null && verb !== 'verify' && verb !== 'show')).toEqual([]);
      }),
    );
  });
});
