import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countNew, newestFirst, numberOf, withPage } from '../../../renderer/tasks/tail.ts';
import { task } from './fixtures.ts';

const tasks = (...numbers: number[]) => numbers.map((number) => task({ id: `t${number}` }));
const numbers = (rows: readonly { id: string }[]) => rows.map((row) => numberOf(row.id));

describe('the rows of the task table', () => {
  it('stand newest first, by number and not by text', () => {
    expect(numbers(newestFirst(tasks(9, 100, 10)))).toEqual([100, 10, 9]);
  });

  it('count what is newer than the first row held', () => {
    expect(countNew(tasks(10, 9), tasks(12, 11, 10, 9))).toBe(2);
    expect(countNew(null, tasks(12, 11))).toBe(0);
    expect(countNew([], tasks(2, 1))).toBe(2);
  });

  it('take older pages at the end, each task once, and never move', () => {
    const page = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 20 });
    fc.assert(
      fc.property(page, fc.array(page), (first, pages) => {
        let rows = newestFirst(tasks(...first));
        for (const one of pages) {
          const before = numbers(rows);
          rows = withPage(rows, tasks(...one));
          expect(numbers(rows).slice(0, before.length)).toEqual(before);
        }
        expect(numbers(rows)).toEqual([...new Set(numbers(rows))].toSorted((a, b) => b - a));
      }),
    );
  });
});
