import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentText, plain, spanText, table, usdText } from '../../electron/cli/format.ts';
import { readJson } from '../../electron/cli/input.ts';
import { Refusal } from '../../electron/cli/refusal.ts';

/** Where a document is refused; undefined when it is JSON. */
async function whereRefused(document: string): Promise<string | undefined> {
  try {
    await readJson('-', Readable.from([document]));
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.failure.where;
    throw error;
  }
}

describe('an input', () => {
  it.each([
    ['', '1:1'],
    ['{\n "a": 1,\n}', '3:1'],
    ['{"a":\n\n nope, "b": 1}', '3:3'],
    ['[1, 2', '1:6'],
    ['{} x', '1:4'],
    ['{"a": "b\n"}', '1:9'],
  ])('%j breaks at %s', async (document, place) => {
    expect(await whereRefused(document)).toBe(`standard input:${place}`);
  });

  it('breaks where it was cut or spoilt, and nowhere before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (json) => {
        expect(await whereRefused(json)).toBeUndefined();
        expect(await whereRefused(`${json}\u0001`)).toBe(`standard input:1:${json.length + 1}`);
      }),
      { numRuns: 50 },
    );
  });

  it('is read from a file as from standard input', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'nightdesk-test-')), 'input.json');
    writeFileSync(file, '{"a": [1]}');
    expect(await readJson(file, Readable.from([]))).toEqual({ a: [1] });
  });
});

describe('words for people', () => {
  it('say spans, money and shares as the console does', () => {
    expect([40, 8_700, 170_000, 5_400_000, 273_600_000].map(spanText)).toEqual([
      '40 ms',
      '8.7 s',
      '2 min 50 s',
      '1 h 30 min',
      '3 d 4 h',
    ]);
    expect([0, 0.0567, 6.1].map(usdText)).toEqual(['$0.00', '$0.057', '$6.10']);
    expect([1, 0.9996, 0.918].map(percentText)).toEqual(['100%', '99.9%', '91.8%']);
  });

  it('stand in columns, numbers to the right', () => {
    const rows = [
      { name: 'a', count: 5 },
      { name: 'longer', count: 12 },
    ];
    const text = table(rows, [
      { head: 'Name', cell: ({ name }) => name },
      { head: 'Count', cell: ({ count }) => String(count), right: true },
    ]);
    expect(text).toBe('Name    Count\na           5\nlonger     12');
  });

  it('cannot command the terminal', () => {
    expect(plain('a\u001b[31mred\u0007\nb')).toBe('a [31mred b');
  });
});
