import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataFolder, runCli, startDesk } from '../support/desk.ts';
import { until } from '../support/until.ts';
import { documentOf } from './answer.ts';

it('settings shows what the file would say, and where it is wrong, without a desk', async () => {
  const folder = dataFolder();
  const file = join(folder, 'nightdesk.yaml');
  writeFileSync(
    file,
    'budget: { daily: 5 }\nmcp:\n  mail: { url: https://mail.test, headers: { authorization: Bearer x } }\n',
  );
  const fine = await runCli(folder, 'settings', '--json');
  expect(fine.code).toBe(0);
  expect(documentOf('settings', fine)).toMatchObject({
    file,
    settings: { budget: { daily: 5 }, mcp: { mail: { headers: { authorization: '***' } } } },
    problems: [],
  });
  writeFileSync(file, 'budget: { dayly: 5 }\n');
  const wrong = await runCli(folder, 'settings');
  expect(wrong.code).toBe(1);
  expect(wrong.out).toContain(`${file}:1:11 error "budget.dayly" is not a key of this version`);
});

it('of a desk that runs are those that are in force, whatever the file says now', async () => {
  const folder = dataFolder();
  const file = join(folder, 'nightdesk.yaml');
  writeFileSync(file, 'budget: { daily: 5 }\n');
  const desk = await startDesk(folder);
  try {
    writeFileSync(file, 'budget: { daily: much }\n');
    await until(async () => (await desk.client.settings.get()).problems.length > 0);
    const shown = await desk.cli('settings', '--json');
    expect(shown.code).toBe(1);
    expect(documentOf('settings', shown)).toMatchObject({
      settings: { budget: { daily: 5 } },
      problems: [{ line: 1 }],
    });
  } finally {
    await desk.close();
  }
});
