import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEditor, toFile } from '../../../../renderer/runbooks/editor/line-ends.ts';
import { diffLines } from '../../../../renderer/runbooks/editor/lines.ts';
import { mergeTexts } from '../../../../renderer/runbooks/editor/merge.ts';

/** Few different lines, so that texts have much in common. */
const line = fc.constantFrom('', 'a', 'b', 'c', '- [ ] stop `pause agent=x`');
const lines = fc.array(line, { maxLength: 14 });
const text = lines.map((each) => each.join('\n'));

describe('a difference by lines', () => {
  it('turns the one text into the other', () => {
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const built: string[] = [];
        let at = 0;
        for (const hunk of diffLines(a, b)) {
          expect(hunk.bFrom - built.length).toBe(hunk.aFrom - at);
          built.push(...a.slice(at, hunk.aFrom), ...b.slice(hunk.bFrom, hunk.bTo));
          at = hunk.aTo;
        }
        expect([...built, ...a.slice(at)]).toEqual(b);
      }),
    );
  });
  it('has no hunks that touch, and none of a text and itself', () => {
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const hunks = diffLines(a, b);
        for (const [index, hunk] of hunks.entries()) {
          const next = hunks[index + 1];
          if (next !== undefined) expect(next.aFrom).toBeGreaterThan(hunk.aTo);
        }
        expect(diffLines(a, a)).toEqual([]);
      }),
    );
  });
  it('keeps as many lines as the longest common subsequence has', () => {
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const removed = diffLines(a, b).reduce((sum, hunk) => sum + hunk.aTo - hunk.aFrom, 0);
        expect(a.length - removed).toBe(longestCommon(a, b));
      }),
    );
  });
  it('of two large texts without a common line is one hunk, at once', () => {
    const a = Array.from({ length: 20_000 }, (_, index) => `a${index}`);
    const b = Array.from({ length: 20_000 }, (_, index) => `b${index}`);
    expect(diffLines(a, b)).toEqual([{ aFrom: 0, aTo: 20_000, bFrom: 0, bTo: 20_000 }]);
  });
});

/** By the table of the textbook. */
function longestCommon(a: string[], b: string[]): number {
  let row = Array.from({ length: b.length + 1 }, () => 0);
  for (const one of a) {
    const next = [0];
    for (const [index, other] of b.entries()) {
      next.push(one === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

describe('two edits of one text', () => {
  it('are the one where the other changed nothing', () => {
    fc.assert(
      fc.property(text, text, (base, edited) => {
        expect(mergeTexts(base, edited, base)).toBe(edited);
        expect(mergeTexts(base, base, edited)).toBe(edited);
        expect(mergeTexts(base, edited, edited)).toBe(edited);
      }),
    );
  });
  it('are not merged where one removes a line that the other empties', () => {
    expect(mergeTexts('a\nb\nc', 'a\nc', 'a\n\nc')).toBe(null);
  });
  it('come to the same, whoever was first', () => {
    fc.assert(
      fc.property(text, text, text, (base, mine, theirs) => {
        expect(mergeTexts(base, mine, theirs)).toBe(mergeTexts(base, theirs, mine));
      }),
    );
  });
  it('both stand in the merged text when a line that neither changed lies between them', () => {
    const part = fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 5 });
    fc.assert(
      fc.property(part, part, part, part, (top, bottom, mine, theirs) => {
        const between = ['one line', 'and another'];
        const join = (...parts: string[][]): string => parts.flat().join('\n');
        const merged = mergeTexts(join(top, between, bottom), join(mine, between, bottom), join(top, between, theirs));
        expect(merged).toBe(join(mine, between, theirs));
      }),
    );
  });
  it('are not merged when they change the same line in two ways, or lines that touch', () => {
    expect(mergeTexts('a\nb\nc', 'a\nB\nc', 'a\nß\nc')).toBeNull();
    expect(mergeTexts('a\nb\nc', 'a\nB\nc', 'a\nb\nC')).toBeNull();
    expect(mergeTexts('a\nb', 'a\nx\nb', 'a\ny\nb')).toBeNull();
  });
  it('that are the same count once', () => {
    expect(mergeTexts('a\nb\nc\nd\ne', 'A\nb\nc\nd\nE', 'A\nb\nc\nd\ne')).toBe('A\nb\nc\nd\nE');
  });
});

describe('line ends', () => {
  const end = fc.constantFrom('\n', '\r\n', '\r');
  const file = fc
    .tuple(fc.boolean(), fc.array(fc.tuple(fc.constantFrom('', 'a', 'b', '# c'), end), { maxLength: 12 }), line)
    .map(([mark, parts, last]) => `${mark ? '\uFEFF' : ''}${parts.map(([one, how]) => one + how).join('')}${last}`);

  it('come back byte for byte where nothing was edited', () => {
    fc.assert(
      fc.property(file, (raw) => {
        expect(toFile(raw, toEditor(raw))).toBe(raw);
      }),
    );
  });
  it('say the same text to the editor whatever was edited', () => {
    fc.assert(
      fc.property(file, text, (raw, edited) => {
        expect(toEditor(toFile(raw, edited))).toBe(edited);
      }),
    );
  });
  it('of a file from Windows stay when one line of it is edited', () => {
    expect(toFile('a\r\nb\r\nc\r\n', 'a\nB\nnew\nc\n')).toBe('a\r\nB\r\nnew\r\nc\r\n');
  });
  it('that are mixed stay mixed, but for the line that was edited', () => {
    expect(toFile('a\r\nb\nc\r\nd', 'a\nb\nC\nd')).toBe('a\r\nb\nC\r\nd');
  });
});
