import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { type Harness, live, must, openHarness } from '../harness.ts';

let desk: Harness;
afterEach(() => desk.close());

const titles = (): string[] => desk.runbooks.list().map((runbook) => runbook.title);

describe('the runbooks on file', () => {
  it('are the Markdown files of the folders, without what is about them', async () => {
    desk = await openHarness({
      'b.md': '# B',
      'a.md': live('## Mitigate', '- [ ] x'),
      'README.md': '# About',
      'c.txt': 'no',
    });
    expect(desk.runbooks.list().map(({ name, title, live, steps }) => [name, title, live, steps])).toEqual([
      ['a', 'Test', true, 1],
      ['b', 'B', false, 0],
    ]);
  });

  it('answer their alert', async () => {
    desk = await openHarness({ 'a.md': live('## Mitigate', '- [ ] x'), 'b.md': '# B' });
    expect(desk.runbooks.forAlert('provider-breaker-open')).toEqual([{ name: 'a', title: 'Test' }]);
    expect(desk.runbooks.forAlert('other')).toEqual([]);
  });

  it('follow their files', async () => {
    desk = await openHarness({ 'a.md': '# A' });
    writeFileSync(`${desk.folder}/a.md`, '# A two');
    writeFileSync(`${desk.folder}/b.md`, '# B');
    await until(() => titles().join() === 'A two,B');
    rmSync(`${desk.folder}/a.md`);
    await until(() => titles().join() === 'B');
  });

  it('keep the last good version of a file that is broken, and say what is wrong', async () => {
    desk = await openHarness({ 'a.md': live('## Mitigate', '- [ ] x') });
    writeFileSync(`${desk.folder}/a.md`, '---\nrunbook: 1\ntitle: a: b\n---\n');
    await until(() => desk.runbooks.lint().some((problem) => problem.rule === 'front-matter'));
    expect(must(desk.runbooks.get('a'))).toMatchObject({
      title: 'Test',
      problems: [{ rule: 'front-matter', line: 3 }],
    });
    expect(desk.runbooks.list()[0]).toMatchObject({ title: 'Test', errors: 1 });
  });
});
