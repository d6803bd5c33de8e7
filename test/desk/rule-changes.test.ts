import { describe, expect, it } from 'vitest';
import { parseAlertRules } from '../../electron/desk/alert-rules.ts';
import { ruleChanges, ruleHashes, type SeenRules } from '../../electron/desk/rule-changes.ts';

/** A folder with these texts, each file hashed by its own text. */
function seen(files: Record<string, string>): SeenRules {
  const parsed = Object.entries(files).map(([file, text]) => ({ file, ...parseAlertRules(file, text, null) }));
  return {
    inForce: {
      rules: parsed.flatMap(({ file, content }) => (content?.rules ?? []).map((rule) => ({ rule, file }))),
      inhibit: parsed.flatMap(({ content }) => content?.inhibit ?? []),
      problems: parsed.flatMap(({ problems }) => problems),
    },
    hashes: new Map(Object.entries(files)),
  };
}

const rule = (name: string, above: number) => `  - { name: ${name}, measure: failed, above: ${above} }\n`;
const A = '/data/alerts/a.yaml';
const B = '/data/alerts/b.yaml';

describe('what the audit log is told of rule files', () => {
  it('is nothing where no text differs', () => {
    const same = { [A]: `rules:\n${rule('x', 1)}` };
    expect(ruleChanges(seen(same), seen(same))).toEqual([]);
  });

  it('is each file that differs, with the rules of it that differ, before and after', () => {
    const before = seen({ [A]: `rules:\n${rule('x', 1)}${rule('y', 1)}`, [B]: `rules:\n${rule('z', 1)}` });
    const after = seen({ [A]: `rules:\n${rule('x', 1)}${rule('y', 2)}`, [B]: `rules:\n${rule('z', 1)}` });
    const [told, ...more] = ruleChanges(before, after);
    expect(more).toEqual([]);
    expect(told).toMatchObject({ what: 'rules.changed', subject: 'a.yaml', by: { via: 'desk' } });
    expect(told?.details).toMatchObject({ rules: { y: { before: { above: 1 }, after: { above: 2 } } } });
    expect(told?.details).not.toHaveProperty('rules.x');
    expect(told?.details).not.toHaveProperty('inhibit');
  });

  it('is a file that came and one that went, and a rule that moved with them', () => {
    const text = `rules:\n${rule('x', 1)}`;
    const told = ruleChanges(seen({ [A]: text }), seen({ [B]: text }));
    const [{ rule: x } = { rule: null }] = seen({ [A]: text }).inForce.rules;
    expect(told.map(({ subject, details }) => [subject, details])).toEqual([
      ['a.yaml', { hashBefore: text, hashAfter: null, rules: { x: { before: x, after: null } } }],
      ['b.yaml', { hashBefore: null, hashAfter: text, rules: { x: { before: null, after: x } } }],
    ]);
  });

  it('says of a changed text that it changed no rule, and of a broken one what is wrong', () => {
    const before = seen({ [A]: `rules:\n${rule('x', 1)}` });
    const noted = seen({ [A]: `# noisy at night\nrules:\n${rule('x', 1)}` });
    expect(ruleChanges(before, noted)).toMatchObject([{ details: { rules: {} } }]);
    const broken = seen({ [A]: 'rules:\n  - { name: x, measure: failed }\n' });
    expect(ruleChanges(before, broken)[0]?.details).toMatchObject({
      broken: [expect.stringMatching(/^2: .*never holds/)],
    });
  });

  it('names what was in force at a start by file and hash', () => {
    expect(ruleHashes(seen({ [A]: '', [B]: '# nothing' }))).toEqual({ 'a.yaml': '', 'b.yaml': '# nothing' });
  });
});
