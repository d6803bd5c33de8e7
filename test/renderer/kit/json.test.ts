import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, jsonText, readableJson, readJson } from '../../../renderer/kit/json.ts';

const anyJson = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.stringify(value))
  .filter((text) => !text.includes('"__proto__":'))
  .map((text) => JSON.parse(text));

describe('JSON as people read and write it', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(readJson(jsonText(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('says why a text is no JSON, and that nothing is none', () => {
    expect(readJson('{"a": }')).toMatchObject({ ok: false, why: expect.stringContaining('not JSON') });
    expect(readJson('  ')).toMatchObject({ ok: false, why: expect.stringContaining('Nothing is written') });
  });

  it('refuses a key that would be lost on the way, and says where it is', () => {
    expect(readJson('{"items": [1, {"__proto__": 2}]}')).toMatchObject({
      ok: false,
      why: 'This is not taken: a key may not be named __proto__ (items.1.__proto__).',
    });
  });

  it('breaks the lines of a text where it does, and leaves an escaped backslash alone', () => {
    expect(readableJson({ text: 'Dear Ada,\nthanks' })).toBe('{\n  "text": "Dear Ada,\n    thanks"\n}');
    expect(readableJson('C:\\new')).toBe('"C:\\\\new"');
  });
});

describe('a comparison of lines', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 8 }).map((all) => all.join('\n'));

  it('holds both texts, each whole and in order', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffLines(before, after);
        const without = (kind: string) =>
          diff
            .filter((line) => line.kind !== kind)
            .map((line) => line.text)
            .join('\n');
        expect(without('new')).toBe(before);
        expect(without('gone')).toBe(after);
      }),
    );
  });

  it('has nothing new or gone between a text and itself', () => {
    fc.assert(
      fc.property(lines, (text) => {
        expect(diffLines(text, text).every((line) => line.kind === 'same')).toBe(true);
      }),
    );
  });

  it('keeps as much as can be kept', () => {
    expect(diffLines('{\n  "a": 1,\n  "b": 2\n}', '{\n  "a": 1,\n  "b": 3\n}')).toEqual([
      { kind: 'same', text: '{' },
      { kind: 'same', text: '  "a": 1,' },
      { kind: 'gone', text: '  "b": 2' },
      { kind: 'new', text: '  "b": 3' },
      { kind: 'same', text: '}' },
    ]);
  });
});
