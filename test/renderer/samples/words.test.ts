import { describe, expect, it } from 'vitest';
import type { Correctness, JudgeStanding, Sample } from '#contract/sample.ts';
import { drawnText, judgeText, moreText, nextAfter, watchText } from '../../../renderer/samples/words.ts';

const STANDING: Correctness = {
  agent: 'invoice-triage',
  from: 0,
  to: 1,
  state: 'unsettled',
  objective: 0.99,
  estimate: { estimate: 0.98, low: 0.93, high: 0.995 },
  verdicts: 100,
  correct: 98,
  cannotTell: 0,
  effective: 100,
  open: 3,
  successes: 5_000,
  coverage: 1,
  more: 240,
  judge: null,
  watch: { level: 0.32, alarm: false, falseAlarmIn: 4_068, tunedTo: 0.03 },
  verdictsADay: 12,
  rehearsal: false,
};
const sample = (id: number, endedAt: number): Sample => ({
  id,
  task: `t${id}`,
  agent: 'invoice-triage',
  type: 'default',
  class: 'usual',
  chance: 0.02,
  endedAt,
  marks: [],
  model: null,
  rehearsal: false,
  judged: null,
  score: null,
});

describe('what would settle it', () => {
  it('is a number of verdicts and how long they take, as long as there is a pace', () => {
    expect(moreText(STANDING)).toBe('240 more verdicts like these would settle it, about 20 d at this pace');
    expect(moreText({ ...STANDING, verdictsADay: 0 })).toBe('240 more verdicts like these would settle it');
  });

  it('is said for each way there is no such number', () => {
    expect(moreText({ ...STANDING, more: 0 })).toBe('settled: chance does not explain it');
    expect(moreText({ ...STANDING, more: null })).toContain('no number of verdicts');
    expect(moreText({ ...STANDING, estimate: null })).toBe('nobody has judged any output yet');
    expect(moreText({ ...STANDING, state: 'not-enough-data', verdicts: 4 })).toBe(
      '16 more verdicts before it says anything',
    );
  });
});

it('the watch says its false alarms, in verdicts and in days', () => {
  expect(watchText(STANDING)).toBe('at 32% of its limit; one false alarm in 4,068 verdicts (339 d at this pace)');
  expect(watchText({ ...STANDING, watch: { ...STANDING.watch, alarm: true } })).toMatch(/^alarms;/);
});

it('a judge is a score until it is calibrated', () => {
  const judge: JudgeStanding = {
    model: 'openai/judge',
    score: { good: 810, total: 1_000, estimate: 0.81, low: 0.78, high: 0.83 },
    agreement: { passedCorrect: 9, refusedCorrect: 1, passedIncorrect: 1, refusedIncorrect: 1 },
    corrected: null,
    why: 'not calibrated: 20 more correct outputs judged by people and by it',
  };
  expect(judgeText(judge)).toMatch(/^judge score 81% of 1,000; not calibrated/);
  const corrected = { estimate: 0.87, low: 0.82, high: 0.91, sensitivity: 0.9, specificity: 0.8 };
  expect(judgeText({ ...judge, corrected, why: null })).toBe(
    '87% (82.0–91.0) of 1,000, calibrated: sensitivity 90%, specificity 80%',
  );
});

it('a sample says why it was drawn', () => {
  expect(drawnText(sample(1, 0))).toBe('one in 50');
  expect(drawnText({ class: 'new', chance: 0.1, marks: [] })).toBe('new definition, one in 10');
  expect(drawnText({ class: 'marked', chance: 1, marks: ['retried', 'fallback'] })).toBe('fallback, all of them');
});

it('the next one is the oldest that is younger, then the oldest of all', () => {
  const queue = [sample(1, 10), sample(4, 20), sample(5, 20)];
  expect(nextAfter(queue, { id: 4, endedAt: 20 })?.id).toBe(5);
  expect(nextAfter(queue, { id: 2, endedAt: 15 })?.id).toBe(4);
  expect(nextAfter(queue, { id: 5, endedAt: 20 })?.id).toBe(1);
  expect(nextAfter([sample(1, 10)], { id: 1, endedAt: 10 })).toBeUndefined();
});
