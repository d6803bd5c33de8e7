import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { marked } from 'marked';
import { lintRunbook } from '../../electron/runbook/lint/lint.ts';
import { parseRunbook } from '../../electron/runbook/parse/runbook.ts';
import { ROOT } from './desk.ts';

/** The shipped runbooks, over and over, each a text of its own. */
function textsOf(count: number): string[] {
  const folder = join(ROOT, 'runbooks');
  const shipped = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const texts = shipped.map((name) => readFileSync(join(folder, name), 'utf8'));
  return Array.from({ length: count }, (_, n) => `${texts[n % texts.length]}\n<!-- ${n} -->\n`);
}

/** ms to parse and lint so many runbooks, of marked to cut the same texts into tokens, and how long they are. */
export function lintTimes(count: number): { ours: number; marked: number; characters: number; findings: number } {
  const texts = textsOf(count);
  for (const text of texts.slice(0, 100)) lintOne(text);
  let began = performance.now();
  let findings = 0;
  for (const text of texts) findings += lintOne(text);
  const ours = performance.now() - began;
  for (const text of texts.slice(0, 100)) marked.lexer(text);
  began = performance.now();
  for (const text of texts) marked.lexer(text);
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  return { ours, marked: performance.now() - began, characters, findings };
}

function lintOne(text: string): number {
  return lintRunbook(parseRunbook('/bench.md', text), text, null, Date.now()).length;
}

/** ms to read one text of so many characters as a runbook, and of marked to cut it into tokens. */
export function longFileTime(characters: number): { ours: number; marked: number } {
  const body = textsOf(1)[0] ?? '';
  const text = body.repeat(Math.ceil(characters / body.length)).slice(0, characters);
  let began = performance.now();
  parseRunbook('/long.md', text);
  const ours = performance.now() - began;
  began = performance.now();
  marked.lexer(text);
  return { ours, marked: performance.now() - began };
}
