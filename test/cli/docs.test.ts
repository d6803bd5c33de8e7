import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandLineDocs } from '../../electron/cli/docs.ts';
import { EXIT_CODES } from '../../electron/cli/exit.ts';

it('docs/command-line.md is what the commands say; node electron/cli/docs.ts > docs/command-line.md makes it anew', () => {
  const committed = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
  expect(committed).toBe(commandLineDocs());
});

it('no two outcomes share an exit code', () => {
  const codes = EXIT_CODES.map(({ exit }) => exit);
  expect(new Set(codes).size).toBe(codes.length);
});
