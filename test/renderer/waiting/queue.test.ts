import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { questionKindSchema } from '#contract/question.ts';
import { nextAfter, PARTS, partOf, queueOf } from '../../../renderer/waiting/queue.ts';
import { task } from '../tasks/fixtures.ts';
import { question } from './fixtures.ts';

const anyQuestion = fc
  .record({ id: fc.nat({ max: 50 }), askedAt: fc.nat(), kind: fc.constantFrom(...questionKindSchema.options) })
  .map(question);
const anyDoubt = fc
  .record({ n: fc.nat({ max: 50 }), endedAt: fc.nat() })
  .map(({ n, endedAt }) => task({ id: `t${n}`, state: 'in-doubt', endedAt }));
const anyQueue = fc
  .tuple(
    fc.uniqueArray(anyQuestion, { selector: (one) => one.id }),
    fc.uniqueArray(anyDoubt, { selector: (one) => one.id }),
  )
  .map(([questions, doubts]) => queueOf(questions, doubts));

describe('what waits for a person', () => {
  it('stands oldest first, each once, in exactly one part', () => {
    fc.assert(
      fc.property(anyQueue, (queue) => {
        expect(queue.map((one) => one.since)).toEqual(queue.map((one) => one.since).toSorted((a, b) => a - b));
        expect(new Set(queue.map((one) => one.id)).size).toBe(queue.length);
        expect(queue.every((one) => PARTS.includes(partOf(one)))).toBe(true);
      }),
    );
  });

  it('holds no question that is answered, and no task that is in doubt no more', () => {
    const answered = question({ answeredAt: 5 });
    const open = question({ id: 2 });
    expect(queueOf([answered, open], [task({ state: 'queued' })]).map((one) => one.id)).toEqual(['q2']);
  });

  it('counts approvals and reviews together, loops and cost limits as questions, as the board does', () => {
    const parts = questionKindSchema.options.map((kind) => [kind, queueOf([question({ kind })], []).map(partOf)[0]]);
    expect(Object.fromEntries(parts)).toEqual({
      ask: 'questions',
      approval: 'reviews',
      review: 'reviews',
      loop: 'questions',
      limit: 'questions',
    });
  });

  it('goes on to the oldest that is younger, from the youngest back to the oldest, and never to itself', () => {
    const queue = queueOf([question({ id: 1, askedAt: 10 }), question({ id: 3, askedAt: 30 })], []);
    expect(nextAfter(queue, 'q2', 20)?.id).toBe('q3');
    expect(nextAfter(queue, 'q3', 30)?.id).toBe('q1');
    expect(nextAfter(queue.slice(0, 1), 'q1', 10)).toBeUndefined();
  });
});
