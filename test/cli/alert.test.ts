import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, runCli, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';
import { documentOf, errorOf } from './answer.ts';

const RULE = 'rules:\n  - { name: some-ends, measure: ends, above: 2, window: 1h }\n';

describe('alerts at the command line', () => {
  let desk: TestDesk;
  let key = '';
  beforeAll(async () => {
    const folder = dataFolder(TEST_AGENTS);
    mkdirSync(join(folder, 'alerts'));
    writeFileSync(join(folder, 'alerts', 'team.yaml'), RULE);
    desk = await startDesk(folder, '--rehearsal', '0');
    const input = { mood: 'fine' };
    await Promise.all(Array.from({ length: 5 }, () => desk.client.tasks.submit({ agent: 'moody', input })));
    key = await until(async () => {
      const { alerts } = documentOf('alert list', await desk.cli('alert', 'list', '--json'));
      return alerts.find(({ rule, state }) => rule === 'some-ends' && state === 'firing')?.key;
    });
  });
  afterAll(() => desk.close());

  it('are listed, shown, acknowledged and snoozed', async () => {
    expect((await desk.cli('alert', 'list')).out).toMatch(
      /firing +ticket .+ moody: ended tasks of moody over 60 min is above 2 +5 /,
    );
    expect((await desk.cli('alert', 'show', key)).out).toMatch(/Rule +some-ends of moody, ticket/);
    const taken = documentOf('alert ack', await desk.cli('alert', 'ack', key, '--json'));
    expect(taken).toMatchObject({ key, state: 'acknowledged' });
    expect((await desk.cli('alert', 'snooze', key, '--for', '10m')).out).toContain('snoozed for 10 min');
    expect(documentOf('alert show', await desk.cli('alert', 'show', key, '--json')).alert.covers).toMatchObject([
      { cover: 'snoozed' },
    ]);
    expect(errorOf(await desk.cli('alert', 'escalate', key, '--json'))).toMatchObject({ exit: 4, code: 'CONFLICT' });
    expect(errorOf(await desk.cli('alert', 'ack', 'nobody', '--json'))).toMatchObject({ exit: 3, code: 'NOT_FOUND' });
  });

  it('are silenced with an end, a reason and an author, and told again', async () => {
    const refused = await desk.cli('alert', 'silence', '--for', '1h', '--reason', 'moving', '--json');
    expect(errorOf(refused)).toMatchObject({ code: 'BAD_INPUT', message: 'Nothing says what is silenced.' });
    const made = await desk.cli('alert', 'silence', '--agent', 'moo*', '--for', '1h', '--reason', 'moving', '--json');
    const silence = documentOf('alert silence', made);
    expect(silence).toMatchObject({ matcher: { agent: 'moo*' }, reason: 'moving', by: { via: 'cli' } });
    expect(silence.until - silence.from).toBe(3_600_000);
    expect((await desk.cli('alert', 'list')).out).toContain('silenced until');
    expect((await desk.cli('alert', 'unsilence', String(silence.id))).code).toBe(0);
    expect(documentOf('alert list', await desk.cli('alert', 'list', '--json')).silences).toEqual([]);
  });

  it('have rules, which are listed, and replayed over what was', async () => {
    const { rules } = documentOf('alert rules', await desk.cli('alert', 'rules', '--json'));
    expect(rules.find(({ name }) => name === 'some-ends')).toMatchObject({ from: 'file', firing: 1, firedLast28d: 1 });
    const file = join(desk.folder, 'tried.yaml');
    writeFileSync(
      file,
      'rules:\n  - { name: tried, agent: moody, measure: ends, above: 3 }\n  - { name: now, agent: moody, measure: queued, above: 3 }\n',
    );
    const replay = documentOf('alert test', await desk.cli('alert', 'test', '--rule', file, '--last', '5m', '--json'));
    expect(replay.rules).toMatchObject([
      { rule: 'tried', agent: 'moody', skipped: null },
      { rule: 'now', agent: 'moody', skipped: 'there is no history of queued' },
    ]);
    writeFileSync(file, 'rules:\n  - { name: tried, measure: ends }\n');
    expect(errorOf(await desk.cli('alert', 'test', '--rule', file, '--json'))).toMatchObject({
      exit: 7,
      code: 'BAD_FILE',
    });
  });

  it('have files of rules that are checked, with the names that the desk knows', async () => {
    writeFileSync(
      join(desk.folder, 'alerts', 'more.yaml'),
      'rules:\n  - { name: more, measure: ends, below: 1, agent: nobody }\n',
    );
    const linted = await desk.cli('alert', 'lint');
    expect(linted).toMatchObject({ code: 0 });
    expect(linted.out).toMatch(
      /more\.yaml:2:\d+ warning there is no agent "nobody" here.+\n2 files, 0 errors, 1 warning\n$/,
    );
  });
});

it('files of rules are checked without a desk, and fail with line and column', async () => {
  const folder = dataFolder();
  mkdirSync(join(folder, 'alerts'));
  const file = join(folder, 'alerts', 'a.yaml');
  writeFileSync(file, 'rules:\n  - { name: a, measure: ends }\n');
  const linted = await runCli(folder, 'alert', 'lint', '--json');
  expect(linted.code).toBe(1);
  expect(documentOf('alert lint', linted)).toMatchObject({
    files: [file],
    errors: 1,
    problems: [{ line: 2, rule: 'no-bound' }],
  });
});
