// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Runbook, runbookSchema } from '#contract/runbook.ts';
import { lintRunbook } from '../../../electron/runbook/lint/lint.ts';
import { parseRunbook } from '../../../electron/runbook/parse/runbook.ts';
import { lineIndex, oneLineEnd } from '../../../electron/runbook/parse/text.ts';
import { live } from '../harness.ts';

const NOW = Date.UTC(2026, 10, 24);
const stepsOf = (runbook: Runbook) => runbook.sections.flatMap((section) => section.steps);

/** Pieces that Markdown, front matter and directives are made of, in any order. */
const piece = fc.constantFrom(
  ...[
    '# H\n',
    '## Mitigate\n',
    '- [ ] ',
    '- [x] ',
    '  - ',
    '    - [ ] ',
    '1. ',
    '12) ',
    '+ ',
    '* ',
    '> ',
    '```\n',
    '~~~sh\n',
  ],
  ...['`', '``', '**', '_', '\n', '\r\n', '\r', '\n\n', '---\n', '===\n', '+++\n', '\t', '    ', ' '],
  ...[
    'runbook: 1\n',
    'title: x\n',
    'inputs:\n',
    '[a](#b)',
    '![a](b)',
    '[',
    '](',
    ')',
    '<div>',
    '<!--',
    '-->',
    '&lt;',
    '| a | b |\n',
  ],
  ...[
    '${x}',
    'pause agent=a',
    'pause agent=a for=5m confirm',
    'verify: ',
    'undo: ',
    'else: ',
    'note: ',
    '"',
    '\\',
    '\u0000',
  ],
  ...['\u{1F600}', '\ud800', '\u202e', '\u05d0\u05d1', '\ufeff', 'a', 'text'],
);
const markdown = fc
  .array(fc.oneof({ weight: 4, arbitrary: piece }, fc.string({ maxLength: 8, unit: 'binary' })), { maxLength: 80 })
  .map((parts) => parts.join(''));
const file = fc.tuple(markdown, fc.boolean(), fc.boolean()).map(([text, head, mark]) => {
  const source = head ? live(text) : text;
  return mark ? `\ufeff${source}` : source;
});

describe('any text', () => {
  it('parses to a runbook of the contract, and so does its lint', () => {
    fc.assert(
      fc.property(file, (text) => {
        const runbook = parseRunbook('/r/x.md', text);
        expect(runbookSchema.parse(runbook)).toEqual(runbook);
        const ids = stepsOf(runbook).map((step) => step.id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const found of lintRunbook(runbook, text, null, NOW)) {
          const { from, to } = found.range;
          expect(from).toBeLessThanOrEqual(to);
          expect(to).toBeLessThanOrEqual(text.length);
          expect(found).toMatchObject(lineIndex(oneLineEnd(text))(from));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('holds each step and directive at the place it is said to stand', () => {
    fc.assert(
      fc.property(file, (text) => {
        const runbook = parseRunbook('/r/x.md', text);
        const lineOf = lineIndex(oneLineEnd(text));
        for (const { line, places, directive } of stepsOf(runbook)) {
          expect(lineOf(places.step.from).line).toBe(line);
          expect(places.step.to).toBeLessThanOrEqual(text.length);
          for (const inner of [places.title, places.directive, places.verify, places.undo, places.else, places.note]) {
            if (inner === null) continue;
            expect(inner.from).toBeGreaterThanOrEqual(places.step.from);
            expect(inner.to).toBeLessThanOrEqual(Math.max(places.step.to, inner.from));
          }
          if (directive === null) continue;
          const { from, to } = places.directive ?? { from: 0, to: 0 };
          // Inline code may be broken over lines: the break, and what blanks stand around it, are one blank in it.
          const flat = (one: string) => one.replace(/\s+/g, ' ').trim();
          expect(flat(text.slice(from, to))).toBe(flat(directive.text));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('holds no live step without runbook: 1, whatever stands in it', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        fc.pre(!/runbook/.test(text));
        const runbook = parseRunbook('/r/x.md', text);
        expect(runbook.live).toBe(false);
        for (const step of stepsOf(runbook)) {
          expect(step.directive ?? step.verify ?? step.undo ?? step.else).toBeNull();
          expect(step.choices).toEqual([]);
        }
      }),
    );
  });

  it('reads the same with the line ends of Windows', () => {
    fc.assert(
      fc.property(markdown, fc.boolean(), (text, head) => {
        const unix = oneLineEnd(head ? live(text) : text).replaceAll('\r', '');
        const read = (source: string) =>
          stepsOf(parseRunbook('/r/x.md', source)).map(({ id, line, title }) => [id, line, title]);
        expect(read(unix.replaceAll('\n', '\r\n'))).toEqual(read(unix));
      }),
    );
  });
});

/** Texts that make readers of Markdown slow, each as long as it is asked for. */
const HOSTILE: [string, (length: number) => string][] = [
  ...[
    '> ',
    '- * ',
    '1. - ',
    '[',
    '*a ',
    '_a',
    '`a ',
    '~',
    '<',
    '<a ',
    '<!--\n',
    '# ',
    '| a | b |\n',
    '[a](b ',
    '[a]: b\n',
    'a\n---\n',
    '```\n',
    '\t- a\n',
    '-\n',
    '    x\n',
    '\n',
    ' ',
    'a\r',
    '- [ ] a\n',
    '- [ ] `pause agent=${',
    '<details>\n\n- [ ] a\n\n</details>\n\n',
    '- [ ] a `pause agent=a for=5m confirm`\r\n',
  ].map((unit): [string, (length: number) => string] => [
    JSON.stringify(unit),
    (length) => unit.repeat(Math.ceil(length / unit.length)),
  ]),
  ['brackets that close', (length) => '['.repeat(length / 2) + ']('.repeat(length / 4)],
  [
    'ever longer ticks',
    (length) => Array.from({ length: Math.sqrt(length * 2) }, (_, at) => '`'.repeat(at + 1)).join(' '),
  ],
  [
    'ever deeper lists',
    (length) => Array.from({ length: Math.sqrt(length) }, (_, at) => `${' '.repeat(at * 2)}- [ ] a`).join('\n'),
  ],
  ['one directive', (length) => `- [ ] \`pause ${'a=b '.repeat(length / 4)}\``],
  ['one value', (length) => `- [ ] \`pause agent="${'\\"'.repeat(length / 2)}\``],
  ['strays', (length) => `- [ ] a ${'`pause a=b` x\n  '.repeat(length / 16)}`],
  ['child keys', (length) => `- [ ] a\n${'  - note: x\n'.repeat(length / 12)}`],
  ['choices', (length) => `- [ ] \`ask choice a\`\n${'  - `x`: [a](#b)\n'.repeat(length / 18)}`],
];

/** Of the processor: shorter than this is as long as this. */
const MEASURABLE_MS = 5;

describe('time', () => {
  it.each(HOSTILE)('grows with the length of a text made of %s', (_what, make) => {
    const took = (length: number): number => {
      const text = live('## Mitigate', make(length));
      const before = process.cpuUsage();
      const runbook = parseRunbook('/r/x.md', text);
      lintRunbook(runbook, text, null, NOW);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    took(20_000);
    const small = Math.max(MEASURABLE_MS, Math.min(took(100_000), took(100_000)));
    // Sixteen times the text: what grows with the square takes 256 times as long.
    expect(Math.min(took(1_600_000), took(1_600_000)) / small).toBeLessThan(100);
  });

  it('lets no front matter be slow, either', () => {
    const read = (yaml: string) => parseRunbook('/r/x.md', `---\nrunbook: 1\n${yaml}\n---\n## Mitigate\n- [ ] a\n`);
    const brackets = read(`a: ${'['.repeat(15_000)}`);
    expect(brackets.problems.map((one) => one.rule)).toContain('front-matter');
    const keys = read(Array.from({ length: 2_000 }, (_, at) => `k${at}: 1`).join('\n'));
    expect(keys.problems.every((one) => one.severity === 'warning' || one.rule === 'front-matter')).toBe(true);
    expect(read(`a: &a [x]\nb: [${'*a, '.repeat(1_000)}]`).live).toBe(false);
    expect(read('x: y\n'.repeat(10_000)).live).toBe(false);
  });

  it('reads 5 MB as they are written', () => {
    const step = (at: number) =>
      `- [ ] **Stop intake ${at}** \`pause agent=\${agent} for=30m confirm\`\n  - undo: \`resume agent=\${agent} confirm\`\n\n  \`\`\`sh\n  $ ls\n  \`\`\`\n`;
    const section = '## Mitigate\n\nWhat it costs, and **whom** to call: [here](https://example.com).\n\n';
    const text = live(section, ...Array.from({ length: 38_000 }, (_, at) => step(at))).slice(0, 5_000_000);
    const before = process.cpuUsage();
    const runbook = parseRunbook('/r/x.md', text);
    const { user, system } = process.cpuUsage(before);
    expect(stepsOf(runbook)).toHaveLength(5_000);
    expect(runbook.problems.map((one) => one.rule)).toContain('too-long');
    // Of the processor, with room for a slow machine; the bench holds it against its budget of a second.
    expect((user + system) / 1_000).toBeLessThan(5_000);
  });
});
