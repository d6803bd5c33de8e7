import { describe, expect, it } from 'vitest';
import type { RunDetail, RunStep } from '#contract/runbook.ts';
import { meaningOf, questionFor } from '../../electron/cli/runbook-ask.ts';
import { decide, type Instructions } from '../../electron/cli/runbook-decide.ts';
import { eventsBetween } from '../../electron/cli/runbook-event.ts';

const PLAN = {
  ...{
    willChange: 'intake',
    touches: 'a',
    headroom: null,
    undoneBy: 'resume',
    undo: null,
    command: 'pause a',
    hash: 'h',
  },
  action: { verb: 'pause', agent: 'a' },
} as const;
const step = (changes: Partial<RunStep> = {}): RunStep => ({
  ...{
    id: 's',
    index: 0,
    section: 'Mitigate',
    sectionKind: 'mitigate',
    title: '**Stop it**',
    directive: 'pause agent=a',
  },
  ...{ verb: 'pause', live: true, confirm: 'press', approvals: 1, required: false, prose: '', note: null, choices: [] },
  ...{ else: null, state: 'todo', startedAt: null, endedAt: null, by: null, plan: PLAN, needs: null, approvedBy: [] },
  ...{
    receipt: null,
    seen: null,
    checks: 0,
    holdsUntil: null,
    inDoubt: false,
    answer: null,
    output: null,
    reason: null,
    dueAt: null,
    renewable: false,
  },
  ...{ until: null, undo: null, before: null, after: null },
  ...changes,
});
const BY = { name: 'ana', via: 'cli' } as const;
const run = (steps: RunStep[], changes: Partial<RunDetail> = {}): RunDetail => ({
  ...{ id: 7, runbook: 'r', hash: 'x', title: 'R', incident: null, alert: null, agent: 'a', inputs: {}, holder: BY },
  ...{ startedAt: 0, endedAt: null, outcome: null, endReason: null, current: steps[0]?.id ?? null, rehearsal: true },
  ...{ heldSince: 0, viewers: [], handedOver: null, rollingBackTo: null, edited: null, steps },
  ...changes,
});
const ask = step({
  verb: 'ask',
  plan: null,
  choices: [
    { value: 'n', goto: null },
    { value: 'skip', goto: null },
  ],
});
const failed = step({ state: 'failed', seen: 'no', else: 'close' });
const said = (changes: Partial<Instructions> = {}): Instructions => ({
  ...{ yes: true, answers: new Map(), skips: new Map(), confirmed: new Set() },
  ...changes,
});

describe('a word at a step', () => {
  const commandOf = (line: string, of: RunDetail) => {
    const meaning = meaningOf(line, of);
    return meaning.kind === 'command' ? meaning.command : meaning.kind;
  };

  it.each([
    ['y', run([step()]), { do: 'confirm', step: 's', planHash: 'h' }],
    ['Y', run([step({ live: false, plan: null })]), { do: 'check-off', step: 's' }],
    ['retry', run([failed]), { do: 'retry', step: 's' }],
    ['else', run([failed]), { do: 'answer', step: 's', choice: 'else' }],
    ['y', run([failed]), 'nothing'],
    ['y', run([step({ state: 'acting' })]), 'nothing'],
    ['n', run([step()]), 'leave'],
    ['n', run([ask]), { do: 'answer', step: 's', choice: 'n' }],
    ['skip', run([ask]), { do: 'answer', step: 's', choice: 'skip' }],
    ['skip', run([step()]), 'more'],
    ['take', run([step()]), { do: 'take-over' }],
    ['hand ben', run([step()]), { do: 'hand-over', to: 'ben' }],
    ['undo', run([step({ undo: 'resume a' })]), { do: 'undo', step: 's' }],
    ['undo', run([step()]), 'nothing'],
    ['renew 1', run([step({ renewable: true })]), { do: 'renew', step: 's' }],
    ['back 1', run([step()]), 'roll-back'],
    ['cancel', run([step()]), 'nothing'],
    ['cancel', run([step({ state: 'checking' })]), 'more'],
    ['adopt', run([step()]), 'nothing'],
  ] as const)('%s', (line, of, meaning) => expect(commandOf(line, of)).toEqual(meaning));

  it('that is a name is sent as it was typed', () => {
    const meaning = meaningOf('y', run([step({ confirm: 'type' })]));
    if (meaning.kind !== 'more') throw new Error(meaning.kind);
    expect(meaning.make('a')).toEqual({ do: 'confirm', step: 's', planHash: 'h', typed: 'a' });
  });

  it('is asked for by what can be said', () => {
    expect(questionFor(run([failed]))).toMatch(/^retry, else, skip/);
    expect(questionFor(run([step({ approvals: 2 })]))).toMatch(/^y approve/);
    expect(questionFor(run([step({ state: 'acting' })]))).toMatch(/^At work: cancel/);
    expect(questionFor(run([], { current: null }))).toMatch(/not proven: abort/);
  });
});

describe('--yes', () => {
  it('confirms on the plan as it is, once', () => {
    const instructions = said();
    expect(decide(7, step(), instructions)).toEqual({ command: { do: 'confirm', step: 's', planHash: 'h' } });
    expect(decide(7, step({ seen: 'it is open again' }), instructions)).toMatchObject({ failed: true });
  });

  it.each([
    ['types no name', step({ confirm: 'type' }), /typed: --answer s=NAME/],
    [
      'gives no approval',
      step({ approvals: 2, approvedBy: ['ana'] }),
      /ana did: each says nightdesk runbook approve 7/,
    ],
    ['answers no question', ask, /--answer s=n\|skip/],
    ['checks nothing off', step({ live: false }), /--answer s=done/],
    ['goes past no failure', failed, /--answer s=retry.+--answer s=else/],
  ] as const)('%s', (_, of, words) => {
    const decision = decide(7, of, said());
    expect('waitsFor' in decision && decision.waitsFor).toMatch(words);
  });
});

describe('events', () => {
  const names = (before: RunDetail | null, after: RunDetail) =>
    eventsBetween(before, after, 1).map(({ event }) => event);
  const receipt = { key: 'k', action: PLAN.action, acceptedAt: 1, repeated: false };

  it('begin with the step that is open, and its plan', () => {
    expect(names(null, run([step()]))).toEqual(['opened', 'plan']);
  });

  it('tell that an action went out, also where its effect was there at once', () => {
    const next = step({ id: 't', index: 1, plan: null });
    const before = run([step(), next]);
    const passed = step({ state: 'passed', receipt });
    expect(names(before, run([passed, next], { current: 't' }))).toEqual(['acted', 'passed', 'opened']);
  });

  it('say nothing where nothing happened, and a plan again when it is another', () => {
    const before = run([step()]);
    expect(names(before, run([step()]))).toEqual([]);
    expect(names(before, run([step({ plan: { ...PLAN, hash: 'other' } })]))).toEqual(['plan']);
  });

  it('tell of people, of the file and of the end', () => {
    const change = { step: 's', kind: 'changed', title: 'S', before: 'a', after: 'b' } as const;
    const edited = { hash: 'y', changes: [change] };
    const holder = { name: 'ben', via: 'console' } as const;
    const end = { endedAt: 5, outcome: 'ended', current: null } as const;
    expect(names(run([step()]), run([step({ approvedBy: ['ana'] })], { holder, edited, ...end }))).toEqual([
      ...['approved', 'holder', 'edited', 'ended'],
    ]);
  });
});
