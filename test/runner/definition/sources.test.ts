import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepSnapshot, readSnapshot } from '../../../electron/runner/definition/snapshot.ts';
import { readSources } from '../../../electron/runner/definition/sources.ts';

let root: string;
let agent: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nightdesk-sources-'));
  agent = join(root, 'agents/one');
});

function write(path: string, text: string): string {
  const file = join(agent, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('what decides how an agent runs', () => {
  it('is its files and what they import by a relative path, near and far, early and late', () => {
    const code = write(
      'agent.ts',
      `import { a } from './lib/a.ts';\nimport type { T } from './types.ts';\nexport { b } from "../shared/b.mjs";\nconst c = await import('./late.ts');\nimport z from 'zod';\n`,
    );
    write('lib/a.ts', `import './deeper/d.ts';\nimport words from './words.json' with { type: 'json' };\n`);
    write('lib/deeper/d.ts', `import '../a.ts';\n`);
    write('lib/words.json', '{}');
    write('../shared/b.mjs', '');
    write('late.ts', '');
    write('types.ts', `import './never.ts';`);
    write('unused.ts', '');
    expect([...readSources(agent, [code]).keys()]).toEqual([
      '../shared/b.mjs',
      'agent.ts',
      'late.ts',
      'lib/a.ts',
      'lib/deeper/d.ts',
      'lib/words.json',
    ]);
  });

  it('leaves out what is not there: the import says so when it runs', () => {
    const code = write('agent.ts', `import './gone.ts';`);
    expect([...readSources(agent, [code, join(agent, 'tools.ts')]).keys()]).toEqual(['agent.ts']);
  });
});

describe('a snapshot', () => {
  it('gives back the same texts under the same paths, whatever became of the files', () => {
    const code = write('agent.ts', `import '../shared/b.ts';`);
    write('../shared/b.ts', 'export {};');
    const sources = readSources(agent, [code]);
    const data = join(root, 'data');
    keepSnapshot(data, 'abc', sources);
    rmSync(join(root, 'agents'), { recursive: true });
    expect(readSnapshot(data, 'abc')).toEqual(sources);
    expect(readSnapshot(data, 'other')).toBeNull();
  });

  it('that a kill left half written is written again', () => {
    const sources = readSources(agent, [write('agent.ts', 'export {};')]);
    const data = join(root, 'data');
    mkdirSync(join(data, 'definitions/abc.partial/old'), { recursive: true });
    keepSnapshot(data, 'abc', sources);
    expect(readSnapshot(data, 'abc')).toEqual(sources);
  });
});
