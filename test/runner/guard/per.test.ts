import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perText } from '../../../electron/runner/guard/per.ts';

describe('what intake.per gives', () => {
  it.each([
    ['{{ input.vendor }}', { vendor: 'Nordwind' }, 'Nordwind'],
    ['{{input.vendor.id}}', { vendor: { id: 7 } }, '7'],
    ['{{ input.lines.0.sku }}', { lines: [{ sku: 'a' }] }, 'a'],
    ['{{ input.land }}/{{ input.city }}', { land: 'de', city: 'Ulm' }, 'de/Ulm'],
    ['{{ input.land }}/{{ input.city }}', { land: 'de' }, 'de/'],
    ['{{ input.vendor }}', { vendor: { b: 1, a: 2 } }, '{"a":2,"b":1}'],
    ['{{ input.paid }}', { paid: false }, 'false'],
  ])('%s of %j is %j', (template, input, text) => {
    expect(perText(template, input)).toBe(text);
  });

  it.each([[{}], [null], ['text'], [{ vendor: null }], [{ toString: 1 }]])(
    'an input without the field, as %j, waits for no other task',
    (input) => {
      expect(perText('{{ input.vendor }}', input)).toBeNull();
    },
  );

  it('does not find what every object inherits', () => {
    expect(perText('{{ input.constructor.name }}', {})).toBeNull();
  });

  it('is the same for the same value, in whatever order it was written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (fields) => {
        const turned = Object.fromEntries(Object.entries(fields).reverse());
        expect(perText('{{ input.v }}', { v: turned })).toBe(perText('{{ input.v }}', { v: fields }));
      }),
    );
  });
});
