import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../../../renderer/kit/shell.ts';

describe('a word of a command line', () => {
  it('is what a shell reads it as, whatever stands in it', () => {
    const printable = fc.string({ minLength: 1, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(fc.array(printable, { minLength: 1, maxLength: 10 }), (words) => {
        const told = execFileSync('sh', ['-c', `printf '%s\\n' ${words.map(shellWord).join(' ')}`], {
          encoding: 'utf8',
        });
        expect(told).toBe(words.map((word) => `${word}\n`).join(''));
      }),
      { numRuns: 30 },
    );
  });

  it('is quoted only where it has to be', () => {
    expect(shellWord('invoice-triage')).toBe('invoice-triage');
    expect(shellWord("it's")).toBe(`'it'\\''s'`);
  });
});
