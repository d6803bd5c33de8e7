import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { against, median, percentile, round, toBest } from './measure.ts';

const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });

describe('percentile', () => {
  it('is the nearest rank: a sample, never a value between two', () => {
    expect(percentile([30, 10, 20, 40], 0.5)).toBe(20);
    expect(percentile([30, 10, 20, 40], 0.95)).toBe(40);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('has at least its share of the samples at or below it, and fewer below it alone', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const found = percentile(values, share);
        expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * values.length);
        expect(values.filter((value) => value < found).length).toBeLessThan(share * values.length);
      }),
    );
  });

  it('leaves the samples in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('against a peer', () => {
  const measure = { name: 'some', value: 200, unit: 'x', note: '' };

  it('is above 1 when we are ahead, whichever way round better is', () => {
    expect(against(measure, 'peer', 100, true).ratio).toBe(2);
    expect(against(measure, 'peer', 100, false).ratio).toBe(0.5);
    expect(against(measure, 'peer', 400, false).ratio).toBe(2);
  });

  it('names the peer and keeps the figure and its note', () => {
    expect(against(measure, 'peer', 123.456, true)).toMatchObject({ ...measure, peer: 'peer', peer_value: 123.5 });
  });
});

describe('how a figure stands to the best of its peers', () => {
  const measure = { name: 'some', value: 200, unit: 'x', note: '' };
  const compared = [50, 125, 100].map((value) => against(measure, `peer of ${value}`, value, true));

  it('is its ratio to the one that comes nearest, or is ahead', () => {
    expect(toBest('ratio', compared, 'of all')).toMatchObject({
      name: 'ratio',
      value: 1.6,
      peer: 'peer of 125',
      peer_value: 125,
      note: expect.stringContaining('the best of all'),
    });
  });

  it('is not there without any', () => {
    expect(toBest('ratio', [], 'of all')).toBeUndefined();
  });
});

describe('round', () => {
  it('keeps four digits of any size', () => {
    expect(round(123_456)).toBe(123_500);
    expect(round(0.00123456)).toBe(0.001235);
  });
});
