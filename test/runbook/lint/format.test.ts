import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Finding, findingSchema } from '#contract/runbook-lint.ts';
import { formatFindings } from '../../../electron/runbook/lint/format.ts';

const FOUND: Finding[] = [
  {
    ...{ file: '/repo/runbooks/a b.md', line: 3, column: 7, severity: 'error', rule: 'unknown-agent' },
    ...{ message: 'No agent here is called x.', fix: 'Write triage.' },
    range: { from: 40, to: 41 },
    edit: { range: { from: 40, to: 41 }, text: 'triage' },
  },
  {
    ...{ file: '/elsewhere/c.md', line: 1, column: 1, severity: 'warning', rule: 'review-due' },
    ...{ message: 'Say "hi":\n::error::100% \u001b[31mred\u202e', fix: null },
    ...{ range: { from: 0, to: 0 }, edit: null },
  },
];

/** What SARIF 2.1.0 requires of a log, a run, a driver, a result and a fix, and what code scanning asks for beside. */
const sarifSchema = z.object({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.array(
    z.object({
      tool: z.object({
        driver: z.object({
          name: z.string().min(1),
          rules: z.array(z.object({ id: z.string().min(1), shortDescription: z.object({ text: z.string().min(1) }) })),
        }),
      }),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      results: z.array(
        z.object({
          ruleId: z.string(),
          ruleIndex: z.number().int().nonnegative(),
          level: z.enum(['none', 'note', 'warning', 'error']),
          message: z.object({ text: z.string().min(1) }),
          locations: z
            .array(
              z.object({
                physicalLocation: z.object({
                  artifactLocation: z.object({ uri: z.string().regex(/^[^ \\]+$/) }),
                  region: z.object({
                    startLine: z.number().int().min(1),
                    startColumn: z.number().int().min(1),
                    charOffset: z.number().int().min(0),
                    charLength: z.number().int().min(0),
                  }),
                }),
              }),
            )
            .min(1),
          fixes: z
            .array(
              z.object({
                artifactChanges: z
                  .array(
                    z.object({
                      artifactLocation: z.object({ uri: z.string() }),
                      replacements: z
                        .array(
                          z.object({
                            deletedRegion: z.object({ charOffset: z.number().int(), charLength: z.number().int() }),
                            insertedContent: z.object({ text: z.string() }),
                          }),
                        )
                        .min(1),
                    }),
                  )
                  .min(1),
              }),
            )
            .optional(),
        }),
      ),
    }),
  ),
});

describe('findings', () => {
  it('as text stand one to a line, and no control character reaches the terminal', () => {
    expect(formatFindings('text', FOUND, '/repo').split('\n')).toEqual([
      'runbooks/a b.md:3:7 error No agent here is called x. Write triage. (unknown-agent)',
      '/elsewhere/c.md:1:1 warning Say "hi":\ufffd::error::100% \ufffd[31mred\ufffd (review-due)',
    ]);
  });

  it('as json keep all they have, named from the root', () => {
    const read = z.array(findingSchema).parse(JSON.parse(formatFindings('json', FOUND, '/repo')));
    expect(read).toEqual([{ ...FOUND[0], file: 'runbooks/a b.md' }, FOUND[1]]);
  });

  it('as sarif have every required field, and their rules by index', () => {
    const log = sarifSchema.parse(JSON.parse(formatFindings('sarif', FOUND, '/repo')));
    const run = log.runs[0];
    expect(run?.results.map((one) => run.tool.driver.rules[one.ruleIndex]?.id)).toEqual([
      'unknown-agent',
      'review-due',
    ]);
    const [first, second] = run?.results ?? [];
    expect(first?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('runbooks/a%20b.md');
    expect(first?.fixes?.[0]?.artifactChanges[0]?.replacements[0]).toEqual({
      deletedRegion: { charOffset: 40, charLength: 1 },
      insertedContent: { text: 'triage' },
    });
    expect(second).not.toHaveProperty('fixes');
  });

  it('as annotations of GitHub begin no command of their own', () => {
    expect(formatFindings('github', FOUND, '/repo').split('\n')).toEqual([
      '::error file=runbooks/a b.md,line=3,col=7,title=unknown-agent::No agent here is called x. Write triage.',
      '::warning file=/elsewhere/c.md,line=1,col=1,title=review-due::Say "hi":%0A::error::100%25 \u001b[31mred\u202e',
    ]);
  });

  it('of nothing say nothing', () => {
    expect(formatFindings('text', [], '/repo')).toBe('');
    expect(formatFindings('github', [], '/repo')).toBe('');
    expect(JSON.parse(formatFindings('json', [], '/repo'))).toEqual([]);
    expect(sarifSchema.parse(JSON.parse(formatFindings('sarif', [], '/repo'))).runs[0]?.results).toEqual([]);
  });
});
