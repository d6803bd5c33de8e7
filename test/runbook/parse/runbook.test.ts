// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runbookSchema } from '#contract/runbook.ts';
import { parseRunbook } from '../../../electron/runbook/parse/runbook.ts';
import { sectionKindOf, slugOf } from '../../../electron/runbook/parse/section.ts';
import { live } from '../harness.ts';

const stepsOf = (text: string) => parseRunbook('/r/test.md', text).sections.flatMap((section) => section.steps);

describe('a runbook', () => {
  const text = live(
    '# Title in the file',
    'What it is.',
    '',
    '## Symptoms',
    'Look here first.',
    '- [ ] **Really down** `verify breaker(provider=openai) == open within 1m`',
    '  - else: [Close](#close-it)',
    '  - note: mind the **probe**',
    '  - see the status page',
    '',
    '  > quoted',
    '',
    '## Mitigation',
    '1. [ ] Stop `pause agent=${agent} for=30m confirm id=stop`',
    '   - verify: `running_tasks(agent=${agent}) == 0 within 2m`',
    '   - undo: `resume agent=${agent}`',
    '2. [ ] Look at `pods` yourself',
    '',
    '### Deeper',
    '- [ ] Why? `ask choice cause`',
    '  - `ours`: [Close](#close-it)',
    '  - `theirs`',
    '',
    '## Close it',
    '- [ ] By hand',
  );
  const runbook = parseRunbook('/books/Provider Down.md', text);
  const steps = runbook.sections.flatMap((section) => section.steps);

  it('takes its name from the file and its keys from the front matter', () => {
    expect(runbook).toMatchObject({
      name: 'provider-down',
      title: 'Test',
      live: true,
      matchAlerts: ['provider-breaker-open'],
      reviewed: '2026-11-24',
      intro: 'What it is.',
      inputs: [{ name: 'agent', type: 'agent', required: false, from: 'alert.labels.agent', default: 'triage' }],
    });
    expect(runbook.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(runbookSchema.parse(runbook)).toEqual(runbook);
  });

  it('answers one alert, or each of a list', () => {
    const answers = (alert: string): string[] =>
      parseRunbook('/books/x.md', `---\nrunbook: 1\nmatch: { alert: ${alert} }\n---\n`).matchAlerts;
    expect(answers('queue-stuck')).toEqual(['queue-stuck']);
    expect(answers('[queue-stuck, queue-growing]')).toEqual(['queue-stuck', 'queue-growing']);
    expect(answers('[]')).toEqual([]);
    expect(parseRunbook('/books/x.md', 'no front matter').matchAlerts).toEqual([]);
  });

  it('sorts its headings by the five questions, under the names they go by', () => {
    expect(runbook.sections.map(({ id, kind }) => [id, kind])).toEqual([
      ['symptoms', 'confirm'],
      ['mitigation', 'mitigate'],
      ['deeper', 'mitigate'],
      ['close-it', 'other'],
    ]);
    expect(sectionKindOf('4. Possible checks:')).toBe('confirm');
    expect(sectionKindOf('Background')).toBe('other');
  });

  it('has a step for each box, with its line, title, keys and prose', () => {
    const [down, stop, pods, why, hand] = steps;
    expect(down).toMatchObject({
      id: 'symptoms-really-down',
      title: '**Really down**',
      else: 'close-it',
      note: 'mind the **probe**',
      prose: '- see the status page\n\n> quoted',
    });
    expect(stop).toMatchObject({
      id: 'stop',
      title: 'Stop',
      undo: 'resume agent=${agent}',
      verify: { measure: 'running_tasks', withinMs: 120_000, everyMs: 5_000 },
    });
    expect(pods).toMatchObject({ title: 'Look at `pods` yourself', directive: null });
    expect(why?.choices).toEqual([
      { value: 'ours', goto: 'close-it' },
      { value: 'theirs', goto: null },
    ]);
    expect(hand?.directive).toBeNull();
    const lines = text.split('\n');
    for (const step of steps) expect(lines[step.line - 1]).toContain(step.title.split('`')[0]?.trim());
  });

  it('reads the same with the line ends of Windows', () => {
    const crlf = parseRunbook(runbook.file, text.replaceAll('\n', '\r\n'));
    const { places: _other, ...first } = crlf.sections[0]?.steps[0] ?? { places: null };
    const { places: _own, ...expected } = runbook.sections[0]?.steps[0] ?? { places: null };
    expect(first).toEqual(expected);
    const read = (one: typeof crlf) =>
      one.sections.map(({ steps: found, ...section }) => [
        section,
        found.map(({ id, line, title, prose }) => [id, line, title, prose]),
      ]);
    expect(read(crlf)).toEqual(read(runbook));
  });

  it('takes boxes inside lists as steps of their own', () => {
    const nested = stepsOf(live('## Mitigate', '- [ ] one', '  - [ ] two', '- plain', '  - [ ] three'));
    expect(nested.map((step) => [step.title, step.line])).toEqual([
      ['one', 11],
      ['two', 12],
      ['three', 14],
    ]);
  });

  it('has no live step without runbook: 1', () => {
    const plain = parseRunbook('/r/plain.md', '## Mitigate\n- [ ] stop `pause agent=a for=5m confirm`\n- [ ] go\n');
    expect(plain.live).toBe(false);
    expect(plain.sections[0]?.steps.map((step) => [step.directive, step.title])).toEqual([
      [null, 'stop `pause agent=a for=5m confirm`'],
      [null, 'go'],
    ]);
  });

  it('opens any other Markdown: items under the five questions are steps by hand', () => {
    const text =
      '# Disk full\n\n## Background\n- history\n\n## Troubleshooting\n1. Run `df`\n   - note: big\n2. Look\n';
    const plain = parseRunbook('/r/disk.md', text);
    expect(plain.title).toBe('Disk full');
    expect(plain.sections.map((section) => section.steps.map((step) => step.title))).toEqual([
      [],
      ['Run `df`', 'Look'],
    ]);
    expect(plain.sections[0]?.prose).toBe('- history');
    expect(plain.sections[1]?.steps[0]?.prose).toBe('- note: big');
  });

  it('does not take a heading or a box in a fence for one', () => {
    expect(
      stepsOf(live('## Mitigate', '```', '## Verify', '- [ ] no', '```', '- [ ] yes')).map((step) => step.title),
    ).toEqual(['yes']);
  });
});

describe('faults of a file', () => {
  const faults = (text: string) =>
    parseRunbook('/r/bad.md', text).problems.map(({ rule, line, column }) => [rule, line, column]);

  it.each([
    ['YAML that does not parse', '---\nrunbook: 1\ntitle: a: b\n---\n', ['front-matter', 3]],
    ['front matter without an end', '---\nrunbook: 1\n', ['front-matter', 1]],
    ['a version of another time', '---\ntitle: x\nrunbook: 2\n---\n', ['front-matter', 3]],
    ['an input of no type there is', '---\nrunbook: 1\ninputs:\n  a: { type: planet }\n---\n', ['front-matter', 4]],
  ])('%s is said with its line, and nothing is live', (_what, text, [rule, line]) => {
    const runbook = parseRunbook('/r/bad.md', text);
    expect(runbook.live).toBe(false);
    expect(runbook.problems[0]).toMatchObject({ rule, line, severity: 'error' });
  });

  it('a fault in a directive is said at its column, and the step is done by hand', () => {
    const text = live('## Mitigate', '- [ ] Stop `pause agent=a fro=30m confirm`');
    expect(faults(text)).toEqual([['unknown-argument', 11, '- [ ] Stop `pause agent=a '.length + 1]]);
    expect(stepsOf(text)[0]).toMatchObject({ directive: null, title: 'Stop `pause agent=a fro=30m confirm`' });
  });

  it('a directive that is not last is said', () => {
    expect(faults(live('## Mitigate', '- [ ] `pause agent=a for=5m confirm` now'))).toEqual([
      ['directive-not-last', 11, 8],
    ]);
  });

  it('two steps of one id are said, and still go by different ids', () => {
    const text = live('## Mitigate', '- [ ] Look', '- [ ] Look');
    expect(faults(text)).toEqual([['duplicate-id', 12, 1]]);
    expect(stepsOf(text).map((step) => step.id)).toEqual(['mitigate-look', 'mitigate-look-1']);
  });
});

describe('any text', () => {
  const piece = fc.constantFrom(
    ...[
      '# H',
      '## Mitigate',
      '- [ ] ',
      '- [x] ',
      '  - ',
      '    - [ ] ',
      '1. ',
      '> ',
      '```',
      '`',
      'pause agent=a',
      '**',
      '\n',
      '\r\n',
      '\n\n',
    ],
    ...[
      '---\n',
      'runbook: 1\n',
      '[a](#b)',
      '| a | b |',
      '<div>',
      '&lt;',
      '\t',
      '${x}',
      'verify: ',
      '\u0000',
      '\u{1F600}',
    ],
  );
  const markdown = fc
    .array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 60 })
    .map((parts) => parts.join(''));

  it('parses to a runbook of the contract, with ids and lines that hold', () => {
    fc.assert(
      fc.property(markdown, fc.boolean(), (text, head) => {
        const source = head ? live(text) : text;
        const runbook = runbookSchema.parse(parseRunbook('/r/x.md', source));
        const steps = runbook.sections.flatMap((section) => section.steps);
        expect(new Set(steps.map((step) => step.id)).size).toBe(steps.length);
        const lines = source.split(/\r\n?|\n/).length;
        for (const step of steps) expect(step.line).toBeLessThanOrEqual(lines);
        if (!runbook.live) for (const step of steps) expect(step.directive).toBeNull();
      }),
    );
  });

  it.each([
    ['quotes', '> '],
    ['lists', '- * '],
    ['numbers', '1. - '],
    ['brackets', '['],
    ['stars', '*a '],
    ['backticks', '`a '],
    ['boxes', '- [ ] a\n'],
    ['variables', '- [ ] `pause agent=${'],
  ])('made of 20,000 %s parses', (_what, unit) => {
    expect(parseRunbook('/r/x.md', live(unit.repeat(20_000))).name).toBe('x');
  });

  it('that nests five hundred lists deep parses', () => {
    const text = Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth * 2)}- [ ] a`).join('\n');
    expect(parseRunbook('/r/x.md', text).sections).toHaveLength(1);
  });
});

describe('an anchor', () => {
  it('is what GitHub makes of a heading', () => {
    expect(slugOf('Wait for the vendor!')).toBe('wait-for-the-vendor');
    expect(slugOf('A / B')).toBe('a--b');
    expect(slugOf('Über_uns 2')).toBe('über_uns-2');
  });
});
