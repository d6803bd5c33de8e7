import { describe, expect, it } from 'vitest';
import {
  type Cusum,
  designCusum,
  FALSE_ALARM_IN,
  runLength,
  stepCusum,
  watchOf,
} from '../../../electron/health/sample/cusum.ts';
import { randomFrom } from '../../support/storm/schedule.ts';

/** Verdicts until it alarms, of an agent whose outputs are correct with this share. */
function untilAlarm(cusum: Cusum, correct: number, random: () => number): number {
  let sum = 0;
  for (let n = 1; ; n += 1) {
    sum = stepCusum(cusum, sum, random() < correct);
    if (sum >= cusum.limit) return n;
  }
}

function meanOf(numbers: number[]): { mean: number; error: number } {
  const mean = numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const variance = numbers.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (numbers.length - 1);
  return { mean, error: Math.sqrt(variance / numbers.length) };
}

describe('the watch for a drop of correctness', () => {
  it('has one false alarm in at least as many verdicts as stated, at every objective', () => {
    for (const objective of [0.9, 0.95, 0.98, 0.99, 0.999]) {
      const cusum = designCusum(1 - objective);
      expect(cusum.falseAlarmIn).toBeGreaterThanOrEqual(FALSE_ALARM_IN);
      // No smaller limit would do.
      expect(runLength({ ...cusum, limit: cusum.limit - 1 }, 1 - objective)).toBeLessThan(FALSE_ALARM_IN);
      expect(cusum.p1).toBeGreaterThan(2 * cusum.p0);
    }
  });

  it('computes run lengths as a plain sum over the chain does', () => {
    // Solved by iteration, without the recursion: E = 1 + (1 - p) E(i - 1) + p E(i + up).
    for (const [up, limit, p] of [
      [3, 7, 0.1],
      [1, 4, 0.3],
      [9, 5, 0.05],
    ] as const) {
      let lengths = new Array<number>(limit).fill(0);
      for (let round = 0; round < 200_000; round += 1) {
        lengths = lengths.map((_, i) => 1 + (1 - p) * (lengths[Math.max(0, i - 1)] ?? 0) + p * (lengths[i + up] ?? 0));
      }
      expect(runLength({ up, limit }, p) / (lengths[0] ?? 0)).toBeCloseTo(1, 6);
    }
  });

  it('finds agents of 98 % and 95 % where 99 % was promised, and leaves one of 99 % alone, as the theory says', () => {
    const cusum = designCusum(0.01);
    const lines = [
      `objective 99 %, tuned to ${(100 * (1 - cusum.p1)).toFixed(1)} %, limit ${cusum.limit}; ` +
        'verdicts to the alarm, mean of 1,500 simulated agents beside the theory',
    ];
    const found: Record<string, number> = {};
    for (const correct of [0.99, 0.98, 0.95]) {
      const random = randomFrom(Math.round(correct * 1_000));
      const lengths = Array.from({ length: 1_500 }, () => untilAlarm(cusum, correct, random)).toSorted((a, b) => a - b);
      const { mean, error } = meanOf(lengths);
      const theory = runLength(cusum, 1 - correct);
      found[correct] = mean;
      const [median = 0, p90 = 0] = [lengths[750], lengths[1_350]];
      lines.push(
        `${(correct * 100).toFixed(0)} %  simulated ${mean.toFixed(0)} (theory ${theory.toFixed(0)}), median ${median}, p90 ${p90}` +
          (correct === 0.99 ? '  <- all of these are false alarms' : ''),
      );
      // Four standard errors of the simulated mean.
      expect(Math.abs(mean - theory)).toBeLessThan(4 * error);
    }
    process.stdout.write(`${lines.join('\n')}\n`);
    expect(found[0.99]).toBeGreaterThan(0.9 * FALSE_ALARM_IN);
    expect(found[0.98]).toBeLessThan(600);
    expect(found[0.95]).toBeLessThan(120);
  });

  it('alarms no more often in a year of ten verdicts a day than its rate says', () => {
    const cusum = designCusum(0.01);
    const random = randomFrom(365);
    const years = 2_000;
    const verdicts = 3_650;
    let alarmed = 0;
    for (let year = 0; year < years; year += 1) if (untilAlarm(cusum, 0.99, random) <= verdicts) alarmed += 1;
    // Runs to a false alarm are nearly exponential: 1 - exp(-3,650 / ARL). Four standard errors and the start from 0.
    const expected = 1 - Math.exp(-verdicts / cusum.falseAlarmIn);
    process.stdout.write(
      `a year of 99 %: ${((100 * alarmed) / years).toFixed(1)} % alarm once (theory ${(100 * expected).toFixed(1)} %)\n`,
    );
    expect(Math.abs(alarmed / years - expected)).toBeLessThan(0.05);
  });

  it('holds from its limit until the evidence is back at half of it', () => {
    const cusum: Cusum = { p0: 0.01, p1: 0.03, up: 5, limit: 10, falseAlarmIn: 100 };
    const bad = [false, false];
    expect(watchOf(cusum, [])).toEqual({ level: 0, alarm: false });
    expect(watchOf(cusum, bad)).toEqual({ level: 1, alarm: true });
    expect(watchOf(cusum, [...bad, true, true, true, true])).toEqual({ level: 0.6, alarm: true });
    expect(watchOf(cusum, [...bad, true, true, true, true, true])).toEqual({ level: 0.5, alarm: false });
  });
});
