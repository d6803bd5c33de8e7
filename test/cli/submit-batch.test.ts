import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMoment } from '../../electron/cli/argument.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { documentOf, errorOf } from './answer.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS));
});
afterAll(() => desk.close());

function file(name: string, text: string): string {
  const path = join(desk.folder, name);
  writeFileSync(path, text);
  return path;
}

describe('submit --batch', () => {
  it('takes 10,000 lines in one call, and none of them twice', async () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => JSON.stringify({ input: { n }, key: `job-${n}` }));
    const path = file('many.jsonl', `${lines.join('\n')}\n`);
    const first = await desk.cli('submit', 'one-step', '--batch', path, '--json');
    expect(first.code).toBe(0);
    const document = documentOf('submit --batch', first);
    expect(document).toMatchObject({ accepted: 10_000, duplicates: 0, refused: 0 });
    expect(new Set(document.lines.map((each) => each.outcome === 'accepted' && each.id)).size).toBe(10_000);
    const again = await desk.cli('submit', 'one-step', '--batch', path);
    expect(again).toMatchObject({ code: 0, out: '0 accepted, 10000 submitted before, 0 refused\n' });
  });

  it('says line by line what does not fit, and takes the others', async () => {
    const path = file(
      'mixed.jsonl',
      [
        '{"input":{"mood":"fine"},"key":"m1"}',
        '{"input":{"mood":"fine"',
        '',
        '{"inptu":{"mood":"fine"}}',
        '{"input":1,"priority":1000}',
        '{"input":{"mood":"other"},"key":"m1"}',
      ].join('\n'),
    );
    const answer = await desk.cli('submit', 'moody', '--batch', path);
    expect(answer).toMatchObject({ code: 2, out: '1 accepted, 0 submitted before, 4 refused\n' });
    for (const line of [2, 4, 5, 6]) expect(answer.err).toContain(`${path}:${line}: `);
    const machine = documentOf('submit --batch', await desk.cli('submit', 'moody', '--batch', path, '--json'));
    expect(machine.lines).toMatchObject([
      { line: 1, outcome: 'duplicate' },
      { line: 2, outcome: 'refused', code: 'BAD_INPUT' },
      { line: 4, outcome: 'refused', code: 'BAD_INPUT' },
      { line: 5, outcome: 'refused', message: expect.stringContaining('priority') },
      { line: 6, outcome: 'refused', code: 'CONFLICT', where: 'key' },
    ]);
  });

  it.each([
    ['neither input nor batch', ['submit', 'moody'], '--batch'],
    ['both', ['submit', 'moody', '--batch', '-', '--input', '-'], 'cannot be used with'],
    ['an empty file', ['submit', 'moody', '--batch', '/dev/null'], 'no line'],
    ['a moment without its offset', ['submit', 'moody', '--batch', '-', '--at', '2026-11-30T08:00'], 'with its offset'],
    ['a moment that is none', ['submit', 'moody', '--batch', '-', '--at', 'tomorrow'], '+30m'],
  ])('refuses %s', async (_what, words, said) => {
    const answer = await desk.cli(...words);
    expect(answer).toMatchObject({ code: 2, out: '' });
    expect(answer.err).toContain(said);
  });

  it('an agent that is not there is refused as a whole', async () => {
    const path = file('one.jsonl', '{"input":1}');
    expect(errorOf(await desk.cli('submit', 'nobody', '--batch', path, '--json'))).toMatchObject({ exit: 3 });
  });
});

describe('--at and --priority', () => {
  it('keep a task until its moment, and stand for the lines that do not say their own', async () => {
    const path = file('later.jsonl', '{"input":{"mood":"fine"}}\n{"input":{"mood":"fine"},"priority":9,"runAt":5}\n');
    const before = Date.now();
    const options = ['--at', '+1h', '--priority', '-3', '--json'];
    const { lines } = documentOf('submit --batch', await desk.cli('submit', 'moody', '--batch', path, ...options));
    const [later, own] = await Promise.all(
      lines.map((each) => desk.client.tasks.get({ id: each.outcome === 'accepted' ? each.id : '' })),
    );
    expect(later).toMatchObject({ state: 'waiting', waitKind: 'delayed', priority: -3 });
    expect(later?.runAt).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(own).toMatchObject({ priority: 9, runAt: null });
  });

  it('a moment is read with its offset', () => {
    expect(readMoment('2026-11-30T08:00:00+01:00', 0)).toBe(Date.UTC(2026, 10, 30, 7));
    expect(readMoment('+90s', 1_000)).toBe(91_000);
  });
});
