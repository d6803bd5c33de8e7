import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAgent } from '../../../electron/runner/definition/parse.ts';

const FINE = `---
name: parrot
description: Repeats what it is told.
model: [anthropic/claude, openai/gpt]
nightdesk:
  retry: { attempts: 3, initial: 500ms }
---
Repeat it.
`;
const read = (text: string) => parseAgent('/agents/parrot.md', text);

describe('an agent file', () => {
  it('is read with its defaults, whatever the line ends are', () => {
    const { agent, prompt, problems } = read(FINE);
    expect(problems).toEqual([]);
    expect(prompt).toBe('Repeat it.');
    expect(agent).toMatchObject({
      name: 'parrot',
      tools: [],
      nightdesk: { retry: { attempts: 3, initial: 500, factor: 2 } },
    });
    expect(read(`\uFEFF${FINE.replaceAll('\n', '\r\n')}`)).toMatchObject({ agent, prompt, problems });
  });

  it('may be written as other tools write theirs', () => {
    const { agent } = read(FINE.replace('model: [anthropic/claude, openai/gpt]', 'model: sonnet\ntools: Read, Write'));
    expect(agent).toMatchObject({ model: [expect.stringMatching(/^anthropic\//)], tools: ['Read', 'Write'] });
  });

  it('says that an asterisk needs quotes: YAML reads it as an alias', () => {
    const { agent, problems } = read(FINE.replace('model:', 'tools: *all\nmodel:'));
    expect(agent).toBeNull();
    expect(problems).toMatchObject([{ rule: 'yaml', severity: 'error', fix: expect.stringContaining('quotes') }]);
  });

  it('never throws: it is in force, or says what is wrong at a place inside the file, in one line', () => {
    const place = fc.nat(FINE.length);
    const cut = fc.tuple(place, place, fc.string()).map(([from, length, put]) => {
      return FINE.slice(0, from) + put + FINE.slice(from + length);
    });
    const yaml = fc.object({ maxDepth: 2 }).map((value) => `---\n${JSON.stringify(value)}\n---\n`);
    const text = fc.oneof(
      fc.string(),
      cut,
      yaml,
      fc.stringMatching(/^[a-z*&!?:,{}[\]#|>@%'" \n-]*$/).map((line) => `---\n${line}\n---\n`),
    );
    fc.assert(
      fc.property(text, (given) => {
        const { agent, problems } = read(given);
        const lines = given.split('\n').length;
        expect(agent === null).toBe(problems.some((problem) => problem.severity === 'error'));
        for (const problem of problems) {
          expect(problem.line).toBeLessThanOrEqual(lines + 1);
          expect(problem.message).toMatch(/^[^\n]+$/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
