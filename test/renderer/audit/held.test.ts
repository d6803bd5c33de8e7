import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditPage, AuditRecord } from '#contract/audit.ts';
import { withNewest, withOlder } from '../../../renderer/audit/held.ts';

/** A log of entries 1 to `length`, and a page of it as the desk gives it. */
function pageOf(length: number, limit: number, before = length + 1): AuditPage {
  const from = Math.max(1, before - limit);
  const entries = Array.from({ length: before - from }, (_, index) => entryOf(before - 1 - index));
  return { entries, next: entries.length === limit ? from : null, total: length, totalIsLeast: false };
}

function entryOf(seq: number): AuditRecord {
  const by = { name: 'anna', via: 'console' } as const;
  return { seq, at: seq, by, what: 'incident.note', subject: 'incident 1', details: {}, previous: '', hash: '' };
}

const numbers = (page: AuditPage): number[] => page.entries.map(({ seq }) => seq);

describe('the audit entries on screen', () => {
  it('are the newest page, with the older ones asked for below it', () => {
    const held = withOlder(pageOf(9, 3), pageOf(9, 3, 7));
    expect(numbers(held)).toEqual([9, 8, 7, 6, 5, 4]);
    expect(held.next).toBe(4);
  });

  it('keep the older ones when new entries come', () => {
    const held = withNewest(withOlder(pageOf(9, 3), pageOf(9, 3, 7)), pageOf(11, 3));
    expect(numbers(held)).toEqual([11, 10, 9, 8, 7, 6, 5, 4]);
    expect(held).toMatchObject({ next: 4, total: 11 });
  });

  it('begin anew where more came than a page holds: none is left out in the middle', () => {
    const held = withNewest(withOlder(pageOf(9, 3), pageOf(9, 3, 7)), pageOf(13, 3));
    expect(numbers(held)).toEqual([13, 12, 11]);
    expect(held.next).toBe(11);
  });

  it('never miss one between the first and the last, whatever comes meanwhile', () => {
    const moves = fc.array(fc.oneof(fc.record({ come: fc.nat(6) }), fc.constant('older' as const)), { maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 4 }), moves, (start, limit, list) => {
        let length = start;
        let held = withNewest(null, pageOf(length, limit));
        for (const move of list) {
          if (move !== 'older') {
            length += move.come;
            held = withNewest(held, pageOf(length, limit));
          } else if (held.next !== null) held = withOlder(held, pageOf(length, limit, held.next));
          const last = numbers(held).at(-1) ?? 0;
          expect(numbers(held)).toEqual(Array.from({ length: length - last + 1 }, (_, index) => length - index));
          if (held.next !== null) expect(held.next).toBe(last);
        }
      }),
    );
  });
});
