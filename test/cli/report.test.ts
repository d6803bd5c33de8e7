import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { documentOf, errorOf } from './answer.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS), '--rehearsal', '0');
});
afterAll(() => desk.close());

describe('report', () => {
  it('prints the last week as Markdown, and writes each format where it is told to', async () => {
    const printed = await desk.cli('report', '--zone', 'UTC');
    expect(printed.out).toMatch(/^# Service report, week \d{4}-W\d\d, production \(rehearsal\)$/m);
    const out = join(desk.folder, 'report.pdf');
    const { report, file } = documentOf(
      'report make',
      await desk.cli('report', '--format', 'pdf', '--out', out, '--json'),
    );
    expect(file).toBe(out);
    expect(readFileSync(out).subarray(0, 5).toString()).toBe('%PDF-');
    const again = documentOf('report show', await desk.cli('report', 'show', String(report.id), '--json'));
    expect(again.report).toEqual(report);
    const { reports } = documentOf('report list', await desk.cli('report', 'list', '--json'));
    expect(reports.map(({ id }) => id)).toEqual([report.id, report.id - 1]);
  });

  it('says what would be right: a week, a zone, an agent, a route', async () => {
    expect((await desk.cli('report', '--week', '2026-47')).err).toContain('write a week as 2026-W47');
    expect((await desk.cli('report', '--zone', 'Mars/Base')).err).toContain('write a time zone as Europe/Berlin');
    expect(errorOf(await desk.cli('report', '--agent', 'nobody', '--json'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(errorOf(await desk.cli('report', 'send', '1', 'nowhere', '--json'))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
