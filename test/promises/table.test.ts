import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const FOLDER = import.meta.dirname;
const TESTS = join(FOLDER, '..');

type Row = { promise: string; file: string; title: string };

/** The rows of the table; one without a promise is another test of the promise above it. */
const rows: Row[] = readFileSync(join(FOLDER, 'README.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!promise|---)/.test(line))
  .map((line) => {
    const [promise = '', file = '', title = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    return { promise, file, title };
  });

/** Whether a file has a test of this title, or of one that begins so. */
function holds({ file, title }: Row): boolean {
  const path = join(TESTS, file);
  if (title === '' || !existsSync(path)) return false;
  const source = readFileSync(path, 'utf8');
  return ["it('", 'it(`', "])('"].some((begin) => source.includes(`${begin}${title}`));
}

it('every promise of the table has its test', () => {
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.filter((row) => !holds(row))).toEqual([]);
});

it('every file of this folder is in the table', () => {
  const named = new Set(rows.map(({ file }) => file));
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.test.ts') && name !== 'table.test.ts');
  expect(files.filter((name) => !named.has(`promises/${name}`))).toEqual([]);
});
