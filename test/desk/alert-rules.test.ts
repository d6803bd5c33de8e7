import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type AlertRulesFolder, openAlertRules, parseAlertRules, rulesOf } from '../../electron/desk/alert-rules.ts';
import { dataFolder } from '../support/desk.ts';
import { until } from '../support/until.ts';

const FILE = 'alerts/team.yaml';
const known = { agents: ['invoice-triage'], runbooks: ['provider-down'], routes: ['pager'] };
/** `line:column rule`, as it is told. */
const faults = (text: string, names: typeof known | null = null) =>
  parseAlertRules(FILE, text, names).problems.map(
    ({ line, column, rule, severity, message }) => `${line}:${column} ${severity} ${rule}: ${message}`,
  );

describe('a file of alert rules', () => {
  it('is read with its spans, and what is left out', () => {
    const { content, problems } = parseAlertRules(
      FILE,
      'rules:\n  - { name: slow, measure: p95, above: 45, for: 10m }\n',
      null,
    );
    expect(problems).toEqual([]);
    expect(content?.rules).toEqual([
      { name: 'slow', measure: 'p95', above: 45, for: 600_000, window: 900_000, atLeast: 0, severity: 'ticket' },
    ]);
    expect(parseAlertRules(FILE, '', null)).toEqual({ content: { rules: [], inhibit: [] }, problems: [] });
  });

  it('of docs/alerts.md is a file of rules', () => {
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/alerts.md', 'utf8')) ?? [];
    const { content, problems } = parseAlertRules('docs/alerts.md', text, null);
    expect([problems, content?.rules.length, content?.inhibit.length]).toEqual([[], 1, 1]);
  });

  it('says what is wrong, at its line and column', () => {
    expect(faults('rules:\n  - name: slow\n    measure: p95\n')).toEqual([
      '3:14 error no-bound: rule "slow" never holds',
    ]);
    expect(
      faults('rules:\n  - { name: a, measure: ends, above: 1 }\n  - { name: a, measure: ends, above: 2 }\n'),
    ).toEqual(['3:13 error duplicate-rule: there is another rule "a"']);
    expect(faults('rules:\n  - { name: queue-stuck, measure: ends, below: 1 }\n')).toEqual([
      '2:13 error duplicate-rule: there is another rule "queue-stuck"',
    ]);
    expect(faults('rules:\n  - { name: a, measure: ends, above: 1, below: 5 }\n')).toEqual([
      '2:38 error always: rule "a" always holds',
    ]);
    expect(faults('rules:\n  - name: a\n    measure: p96\n    above: 1\n')).toEqual([
      expect.stringMatching(/^3:14 error schema: rules\.0\.measure: /),
    ]);
    expect(faults('rules:\n  - name: a\n    measure: p95\n    abvoe: 1\n')[0]).toMatch(/^4:5 error unknown-key: /);
    expect(faults('rules: [\n')[0]).toMatch(/^\d+:\d+ error yaml: /);
  });

  it('that names what is not here is warned of, and in force', () => {
    const text =
      'rules:\n  - name: a\n    measure: ends\n    below: 1\n    agent: nobody\n    runbook: none\n    routes: [pager, phone]\n';
    expect(faults(text, known)).toEqual([
      '5:12 warning unknown-agent: there is no agent "nobody" here',
      '6:14 warning unknown-runbook: there is no runbook "none" here',
      '7:21 warning unknown-route: there is no route "phone" here',
    ]);
    expect(parseAlertRules(FILE, text, known).content?.rules).toHaveLength(1);
    expect(faults('rules:\n  - { name: a, measure: ends, below: 1, agent: invoice-* }\n', known)).toEqual([]);
  });

  it('that is replayed is refused with the place of its fault', () => {
    expect(rulesOf('a.yaml', 'rules:\n  - { name: a, measure: ends }\n')).toMatchObject({
      ok: false,
      error: { code: 'BAD_FILE', where: 'a.yaml:2:25' },
    });
  });
});

describe('the folder of rules', () => {
  let folder: AlertRulesFolder | undefined;
  afterEach(() => folder?.close());

  it('is watched; a broken file keeps the rules that it had, one that is gone takes them along', async () => {
    const data = dataFolder();
    mkdirSync(join(data, 'alerts'));
    const file = join(data, 'alerts', 'b.yaml');
    writeFileSync(file, 'rules:\n  - { name: a, measure: ends, below: 1 }\n');
    const logged: string[] = [];
    folder = openAlertRules(
      data,
      () => known,
      (line) => logged.push(line),
      () => {},
    );
    const names = () => folder?.inForce().rules.map(({ rule }) => rule.name);
    expect(names()).toEqual(['a']);

    writeFileSync(file, 'rules:\n  - { name: a, measure: ends }\n');
    await until(() => logged.some((line) => line.includes('never holds')));
    expect(names()).toEqual(['a']);
    expect(folder.check()).toMatchObject([{ file, rule: 'no-bound' }]);

    writeFileSync(join(data, 'alerts', 'a.yaml'), 'rules:\n  - { name: a, measure: failed, above: 3 }\n');
    writeFileSync(file, 'rules:\n  - { name: a, measure: ends, below: 1 }\n  - { name: b, measure: ends, below: 1 }\n');
    await until(() => names()?.length === 2);
    expect(folder.inForce().rules.map(({ rule }) => `${rule.name} ${rule.measure}`)).toEqual(['a failed', 'b ends']);
    expect(folder.inForce().problems).toMatchObject([{ file, rule: 'duplicate-rule' }]);

    rmSync(file);
    await until(() => names()?.length === 1);
    expect(folder.inForce().problems).toEqual([]);
  });
});
