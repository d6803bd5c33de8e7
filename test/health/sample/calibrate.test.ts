import { describe, expect, it } from 'vitest';
import type { Agreement } from '#contract/sample.ts';
import { CALIBRATION, calibrate } from '../../../electron/health/sample/calibrate.ts';
import { randomFrom } from '../../support/storm/schedule.ts';

const GOOD: Agreement = { passedCorrect: 90, refusedCorrect: 10, passedIncorrect: 4, refusedIncorrect: 16 };

describe('a judge model, calibrated against people', () => {
  it('is corrected as Rogan and Gladen say', () => {
    // (0.86 + 0.8 - 1) / (0.9 + 0.8 - 1)
    const result = calibrate(1_000, 860, GOOD);
    if (!result.ok) throw new Error(result.why);
    expect(result.value.sensitivity).toBeCloseTo(0.9);
    expect(result.value.specificity).toBeCloseTo(0.8);
    expect(result.value.estimate).toBeCloseTo(0.66 / 0.7);
    expect(result.value.low).toBeLessThan(result.value.estimate);
    expect(result.value.high).toBeGreaterThan(result.value.estimate);
  });

  it('is refused before enough outputs of each kind were judged by both, and says how many are missing', () => {
    const few = { ...GOOD, passedIncorrect: 1, refusedIncorrect: CALIBRATION.incorrect - 2 };
    expect(calibrate(1_000, 860, few)).toMatchObject({ ok: false, why: expect.stringContaining('1 more incorrect') });
    expect(calibrate(0, 0, GOOD)).toMatchObject({ ok: false });
  });

  it('is refused when it tells right from wrong hardly better than a coin', () => {
    const coin = { passedCorrect: 60, refusedCorrect: 40, passedIncorrect: 9, refusedIncorrect: 11 };
    expect(calibrate(1_000, 600, coin)).toMatchObject({ ok: false, why: expect.stringContaining('sensitivity 60 %') });
  });

  it('is less certain with less calibration, however much it scored', () => {
    const many = { passedCorrect: 900, refusedCorrect: 100, passedIncorrect: 40, refusedIncorrect: 160 };
    const [few, much] = [calibrate(1_000_000, 860_000, GOOD), calibrate(1_000_000, 860_000, many)];
    if (!few.ok || !much.ok) throw new Error('both are calibrated');
    expect(few.value.high - few.value.low).toBeGreaterThan(2 * (much.value.high - much.value.low));
  });

  it('holds the truth in its interval as often as it says, in simulation', () => {
    const random = randomFrom(4);
    const [sensitivity, specificity] = [0.92, 0.75];
    const table: string[] = [];
    for (const truth of [0.8, 0.9, 0.95]) {
      let held = 0;
      let counted = 0;
      let sum = 0;
      for (let run = 0; run < 1_000; run += 1) {
        const agreement = { passedCorrect: 0, refusedCorrect: 0, passedIncorrect: 0, refusedIncorrect: 0 };
        let passed = 0;
        for (let n = 0; n < 2_000; n += 1) {
          const right = random() < truth;
          const passes = right ? random() < sensitivity : random() >= specificity;
          if (passes) passed += 1;
          if (n >= 300) continue;
          if (right) agreement[passes ? 'passedCorrect' : 'refusedCorrect'] += 1;
          else agreement[passes ? 'passedIncorrect' : 'refusedIncorrect'] += 1;
        }
        const result = calibrate(2_000, passed, agreement);
        if (!result.ok) continue;
        counted += 1;
        sum += result.value.estimate;
        if (result.value.low <= truth && truth <= result.value.high) held += 1;
      }
      table.push(
        `truth ${truth}: mean ${(sum / counted).toFixed(4)}, held ${((100 * held) / counted).toFixed(1)} %, n ${counted}`,
      );
      // 95 % wanted; four standard errors of 900 runs are 2.9 points.
      expect(held / counted).toBeGreaterThan(0.921);
      expect(Math.abs(sum / counted - truth)).toBeLessThan(0.012);
      expect(counted).toBeGreaterThan(700);
    }
    process.stdout.write(`${table.join('\n')}\n`);
  });
});
