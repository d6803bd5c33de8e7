import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALERT_RULES } from '../../../electron/health/alert/shipped.ts';
import { lintRunbook, parseRunbook } from '../../../electron/runbook/index.ts';

const FOLDER = fileURLToPath(new URL('../../../runbooks', import.meta.url));
const SHIPPED = readdirSync(FOLDER)
  .filter((name) => name !== 'README.md')
  .map((name) => ({ name: basename(name, '.md'), file: join(FOLDER, name) }));
const known = { agents: [], providers: ['anthropic', 'openai'], alerts: Object.keys(ALERT_RULES) };
/** What fits on two screens. */
const LINES = 80;

describe.each(SHIPPED)('the shipped runbook $name', ({ name, file }) => {
  const text = readFileSync(file, 'utf8');
  const runbook = parseRunbook(file, text);

  it('has no fault, and nothing that lint warns of on the day of its review', () => {
    expect(lintRunbook(runbook, text, known, Date.parse(runbook.reviewed ?? ''))).toEqual([]);
  });

  it('asks the questions of an incident in a row, is short, and ends with a proof', () => {
    const kinds = runbook.sections.map(({ kind }) => kind).filter((kind) => kind !== 'other');
    expect(kinds).toEqual(['confirm', 'mitigate', 'diagnose', 'recover', 'verify']);
    expect(runbook.failure).toBe(name);
    expect(text.split('\n').length).toBeLessThanOrEqual(LINES);
  });

  it('has a test of its own that proves it', () => {
    const tests = readdirSync(fileURLToPath(new URL('.', import.meta.url)));
    expect(tests).toContain(`${name}.test.ts`);
  });
});

it('each alert that Nightdesk ships is answered by one runbook', () => {
  const answered = SHIPPED.flatMap(({ file }) => parseRunbook(file, readFileSync(file, 'utf8')).matchAlerts);
  expect(answered.toSorted()).toEqual(Object.keys(ALERT_RULES).toSorted());
});
