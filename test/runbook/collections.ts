/*
 * Opens every Markdown file under a folder as the console would, and says what of it is not as it should be: for public
 * collections of runbooks, fetched by hand. `npx node test/runbook/collections.ts FOLDER [--list]`
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stdout } from 'node:process';
import type { Runbook } from '#contract/runbook.ts';
import { lintRunbook } from '../../electron/runbook/lint/lint.ts';
import { applyEdits } from '../../electron/runbook/parse/edit.ts';
import { parseRunbook } from '../../electron/runbook/parse/runbook.ts';

/** A file that takes longer than this to read hangs, ms. */
const HANGS_MS = 1_000;

const folder = argv[2];
if (folder === undefined) {
  stdout.write('Name a folder.\n');
  exit(2);
}
const lists = argv.includes('--list');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(md|markdown)$/i.test(name) && !name.split('/').includes('vendor'))
  .map((name) => join(folder, name))
  .filter((file) => statSync(file).isFile());

const faults: string[] = [];
const counts = { files: 0, steps: 0, withSections: 0, withoutSteps: 0, characters: 0 };
let slowest = 0;
for (const file of files) {
  const bytes = readFileSync(file);
  const text = bytes.toString('utf8');
  const began = performance.now();
  const runbook = parseRunbook(file, text);
  lintRunbook(runbook, text, null, Date.now());
  const took = performance.now() - began;
  slowest = Math.max(slowest, took);
  counts.files += 1;
  counts.characters += text.length;
  for (const fault of faultsOf(runbook, text, bytes, took)) faults.push(`${file}: ${fault}`);
  count(runbook);
}
stdout.write(`${JSON.stringify({ ...counts, slowestMs: Math.round(slowest * 10) / 10, faults: faults.length })}\n`);
for (const fault of faults) stdout.write(`${fault}\n`);
exit(faults.length === 0 ? 0 : 1);

function faultsOf(runbook: Runbook, text: string, bytes: Buffer, took: number): string[] {
  const steps = runbook.sections.flatMap((section) => section.steps);
  const found: string[] = [];
  if (took > HANGS_MS) found.push(`took ${Math.round(took)} ms`);
  if (runbook.live || steps.some((step) => step.directive !== null)) found.push('gained a live step');
  if (!Buffer.from(applyEdits(text, []), 'utf8').equals(bytes)) found.push('does not come back byte for byte');
  if (steps.some((step) => step.title.trim() === '' && step.prose.trim() === '')) found.push('has an empty step');
  if (new Set(steps.map((step) => step.id)).size !== steps.length) found.push('has two steps of one id');
  for (const { id, places } of steps) {
    if (places.step.from >= places.step.to || places.step.to > text.length) found.push(`${id} has no place`);
  }
  const read = [
    runbook.title,
    runbook.intro,
    ...runbook.sections.flatMap((section) => [
      section.title,
      section.prose,
      ...section.steps.flatMap((step) => [step.title, step.prose]),
    ]),
  ].join(' ');
  const said = new Set(wordsOf(read));
  const lost = wordsOf(withoutFrontMatter(text)).filter((word) => !said.has(word));
  if (lost.length > 0) found.push(`lost ${lost.length} words: ${lost.slice(0, 5).join(' ')}`);
  return found;
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]{4,}/gu) ?? [];
}

function withoutFrontMatter(text: string): string {
  return text.replace(/^\uFEFF?(---|\+\+\+)[ \t]*\r?\n[\s\S]*?\n\1[ \t]*(?=\r?\n|$)/, '');
}

function count(runbook: Runbook): void {
  const steps = runbook.sections.flatMap((section) => section.steps);
  const asked = runbook.sections.some((section) => section.kind !== 'other');
  counts.steps += steps.length;
  if (asked) counts.withSections += 1;
  if (asked && steps.length === 0) counts.withoutSteps += 1;
  if (!lists) return;
  stdout.write(`\n${runbook.file}\n`);
  for (const section of runbook.sections) {
    if (section.steps.length > 0) stdout.write(`  ${section.kind}: ${section.title}\n`);
    for (const step of section.steps) stdout.write(`    ${step.line}: ${step.title.slice(0, 110)}\n`);
  }
}
