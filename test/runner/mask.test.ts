import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskOf } from '../../electron/runner/mask.ts';

const secret = fc.string({ minLength: 8, maxLength: 30, unit: 'grapheme' }).filter((text) => text.trim().length >= 8);

describe('a mask', () => {
  it('takes a secret out of every text, plain, in JSON or in an address', () => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        const mask = maskOf([value]);
        const text = `${before}${value}${after} ${encodeURIComponent(value)} ${JSON.stringify(value)}`;
        expect(mask.text(text)).not.toContain(value);
        const masked = JSON.stringify(mask.json({ a: [text, { [value]: JSON.stringify({ deep: value }) }] }));
        expect(masked).not.toContain(JSON.stringify(value).slice(1, -1));
      }),
    );
  });

  it('leaves alone what holds no secret: the very same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(maskOf(['no such value stands in it']).json(value)).toBe(value);
        expect(maskOf([]).json(value)).toBe(value);
      }),
    );
  });

  it('takes the longer of two first, and numbers, too', () => {
    const mask = maskOf(['12345678', '12345678-and-more']);
    expect(mask.text('12345678-and-more 12345678')).toBe('*** ***');
    expect(mask.json({ pin: 12345678, other: 1 })).toEqual({ pin: '***', other: 1 });
  });
});
