import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { documentOf, errorOf } from './answer.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await startDesk(dataFolder(), '--rehearsal', '0');
});
afterAll(() => desk.close());

async function opened(title: string, ...options: string[]): Promise<string> {
  return String(documentOf('incident open', await desk.cli('incident', 'open', title, ...options, '--json')).id);
}

describe('incident', () => {
  it('opens one by hand, notes, takes roles, hands over, and shows it all', async () => {
    const id = await opened(
      'Customers call',
      '--severity',
      'sev1',
      '--agent',
      'invoice-triage',
      '--note',
      'three so far',
    );
    await desk.cli('incident', 'ack', id);
    await desk.cli('incident', 'note', id, 'the fourth');
    await desk.cli('incident', 'role', id, 'commander');
    const handed = documentOf(
      'incident handover',
      await desk.cli('incident', 'handover', id, 'ben', '--next', 'call them back', '--json'),
    );
    expect(handed.roles).toMatchObject([{ role: 'commander', holder: { name: 'ben' } }]);
    const { out } = await desk.cli('incident', 'show', id);
    for (const text of [
      'sev1, acknowledged',
      'commander ben',
      'the fourth',
      'no runbook answers it',
      'Next: call them back',
    ]) {
      expect(out).toContain(text);
    }
    const { handovers } = documentOf('incident show', await desk.cli('incident', 'show', id, '--json'));
    expect(handovers[0]?.note.done).toContain('three so far');
  });

  it('changes severity, resolves and reopens, each with its reason; twice is refused', async () => {
    const id = await opened('Slow');
    expect((await desk.cli('incident', 'severity', id, 'sev3', '--reason', 'one team')).code).toBe(0);
    expect((await desk.cli('incident', 'severity', id, 'sev9')).code).toBe(2);
    expect((await desk.cli('incident', 'resolve', id, 'fast again')).out).toContain(`#${id} resolved: Slow`);
    expect(errorOf(await desk.cli('incident', 'resolve', id, 'again', '--json'))).toMatchObject({ code: 'CONFLICT' });
    expect((await desk.cli('incident', 'reopen', id, 'slow again')).out).toContain(`#${id} open: Slow`);
    await desk.cli('incident', 'resolve', id, 'fast again');
  });

  it('lists by severity and words', async () => {
    await opened('Needle in sev2', '--severity', 'sev2');
    const { incidents } = documentOf(
      'incident list',
      await desk.cli('incident', 'list', '--severity', 'sev2', '--search', 'NEEDLE', '--json'),
    );
    expect(incidents.map(({ title }) => title)).toEqual(['Needle in sev2']);
    expect((await desk.cli('incident', 'list', '--search', 'nowhere')).out).toBe('No open incident.\n');
  });

  it('merges and takes back', async () => {
    const [source, target] = [await opened('A half'), await opened('The whole')];
    expect((await desk.cli('incident', 'merge', source, target)).out).toContain(`#${target} open: The whole`);
    expect((await desk.cli('incident', 'show', source)).out).toContain(`into #${target}`);
    await desk.cli('incident', 'undo', target);
    expect(documentOf('incident show', await desk.cli('incident', 'show', source, '--json'))).toMatchObject({
      state: 'open',
      mergedInto: null,
    });
    expect(errorOf(await desk.cli('incident', 'undo', source, '--json'))).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('drafts a review, keeps an edited one, and counts times', async () => {
    const id = await opened('Reviewed');
    const out = join(mkdtempSync(join(tmpdir(), 'nightdesk-draft-')), 'review.md');
    await desk.cli('incident', 'draft', id, '--out', out);
    const text = readFileSync(out, 'utf8');
    expect(text).toContain(`# Incident ${id}: Reviewed`);
    writeFileSync(out, `${text}\nOurs.\n`);
    expect((await desk.cli('incident', 'draft', id, '--save', out)).out).toContain('version 1');
    expect((await desk.cli('incident', 'draft', id)).out).toContain('Ours.');
    const stats = documentOf('incident stats', await desk.cli('incident', 'stats', '--rehearsal', '--json'));
    expect(stats.resolve.lasting).toBeGreaterThan(0);
    expect(stats.resolve.n).toBe(stats.incidents);
    expect((await desk.cli('incident', 'stats', '--rehearsal')).out).toMatch(/to resolve .*>= /);
  });
});
