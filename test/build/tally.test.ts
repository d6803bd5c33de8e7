import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/electron/real.ts';
import { tallyLine } from '../support/tally.ts';

it('says what was skipped only when something was', () => {
  expect(tallyLine({ passed: 463, failed: 0, skipped: 0 })).toBe('463 passed, 0 failed');
  expect(tallyLine({ passed: 2, failed: 1, skipped: 3 })).toBe('2 passed, 1 failed, 3 skipped');
});

it('ends a run with the tally, a file that cannot be read and an error outside of tests counted as failed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-tally-'));
  writeFileSync(join(folder, 'broken.test.js'), 'throw new Error("cannot be read");');
  writeFileSync(
    join(folder, 'some.test.js'),
    `test('a', () => {}); test('b', () => { throw new Error('b'); }); test.skip('c', () => {});
     test('d', () => { setTimeout(() => { throw new Error('late'); }); });
     test('e', () => new Promise((resolve) => setTimeout(resolve)));`,
  );
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${join(ROOT, 'test/support/tally.ts')}`];
  const run = spawnSync(process.execPath, [vitest, 'run', '--root', folder, '--globals', ...reporters], {
    encoding: 'utf8',
  });
  expect(run.stdout.trimEnd().split('\n').at(-1)).toBe('3 passed, 3 failed, 1 skipped');
  expect(run.status).toBe(1);
});
