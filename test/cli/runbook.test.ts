import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDriver } from '../../electron/cli/runbook-run.ts';
import { dataFolder, runCli, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { documentOf, errorOf } from './answer.ts';

const QUICK = `---
runbook: 1
title: A quick one
inputs:
  agent: { type: agent, required: true }
owner: test
reviewed: ${new Date().toISOString().slice(0, 10)}
---
# A quick one
## Confirm
- [ ] **Intake is open** \`verify intake(agent=\${agent}) == open within 1s every 50ms\`
  - else: [Close](#close)
## Mitigate
- [ ] **Stop intake** \`pause agent=\${agent} for=30m confirm\`
  - undo: \`resume agent=\${agent}\`
- [ ] **Which cause?** \`ask choice cause\`
  - \`ours\`: [Recover](#recover)
  - \`theirs\`: [Recover](#recover)
## Recover
- [ ] **Open intake** \`resume agent=\${agent} confirm=type\`
- [ ] Tell the team
## Verify
- [ ] **It is open** \`verify intake(agent=\${agent}) == open within 5s every 50ms\`
## Close
- [ ] Write down why
`;

let desk: TestDesk;
beforeAll(async () => {
  const folder = dataFolder(TEST_AGENTS);
  mkdirSync(join(folder, 'runbooks'));
  writeFileSync(join(folder, 'runbooks', 'quick.md'), QUICK);
  desk = await startDesk(folder, '--rehearsal', '0');
});
afterAll(() => desk.close());

const run = (...words: string[]) => desk.cli('runbook', 'run', 'quick', ...words);

describe('runbook list and lint', () => {
  it('list the shipped one and our own', async () => {
    const { runbooks } = documentOf('runbook list', await desk.cli('runbook', 'list', '--json'));
    expect(runbooks.map(({ name }) => name)).toEqual(['provider-down', 'quick']);
    expect((await desk.cli('runbook', 'list')).out).toMatch(/quick +A quick one +- +7 +0 +- +-\n$/);
  });

  it('checks those of the desk that runs, and the names in them', async () => {
    const linted = await desk.cli('runbook', 'lint', '--json');
    expect(linted.code).toBe(0);
    expect(documentOf('runbook lint', linted)).toMatchObject({ errors: 0, files: { length: 2 } });
  });

  it('checks files without a desk, with the line and a fix', async () => {
    const folder = dataFolder();
    const file = join(folder, 'bad.md');
    writeFileSync(file, QUICK.replace(' for=30m confirm', '').replace('ask choice cause', 'aks choice cause'));
    const [human, machine] = await Promise.all([
      runCli(folder, 'runbook', 'lint', file),
      runCli(folder, 'runbook', 'lint', folder, '--json'),
    ]);
    expect(human.code).toBe(1);
    expect(human.out).toContain(`${file}:14:`);
    expect(human.out).toMatch(/error .+Add confirm\..+\(mutation-without-confirm\)/);
    expect(documentOf('runbook lint', machine)).toMatchObject({ files: [file], errors: 2 });
    expect((await runCli(folder, 'runbook', 'lint', '/nowhere.md')).code).toBe(2);
    expect((await runCli(folder, 'runbook', 'lint')).code).toBe(0);
  });
});

describe('runbook run', () => {
  it('without a terminal shows the open step and waits for a person', async () => {
    const shown = await run('--input', 'agent=moody');
    expect(shown.code).toBe(12);
    expect(shown.out).toContain('verify intake(agent=moody) == open within 1s every 50ms');
    expect(shown.out).toMatch(/nightdesk runbook run quick --run \d+\n$/);
  });

  it('goes as far as it was told to, and on from there to the proof', async () => {
    const first = await run('--input', 'agent=moody', '--yes', '--json');
    expect(first.code).toBe(12);
    const asked = documentOf('runbook run', first);
    expect(asked.open).toMatchObject({ verb: 'ask', state: 'todo' });
    expect(asked.waitsFor).toContain('=ours|theirs');
    const id = String(asked.run.id);

    const typed = await run('--run', id, '--yes', '--answer', 'cause=ours', '--json');
    expect(documentOf('runbook run', typed).waitsFor).toContain("agent's name, typed");
    const byHand = await run('--run', id, '--yes', '--answer', 'recover-open-intake=moody', '--json');
    expect(documentOf('runbook run', byHand).open).toMatchObject({ live: false, title: 'Tell the team' });

    const proven = await run('--run', id, '--yes', '--answer', 'recover-tell-the-team=done');
    expect(proven).toMatchObject({ code: 0, out: expect.stringContaining('recovered, proven by its verify steps.') });
    const again = await run('--run', id, '--json');
    expect(documentOf('runbook run', again)).toMatchObject({
      open: null,
      waitsFor: null,
      run: { outcome: 'recovered' },
    });
  });

  it('fails where a check does not hold, and goes where its else leads', async () => {
    await desk.cli('pause', 'one-step');
    const failed = await run('--input', 'agent=one-step', '--yes', '--json');
    expect(failed.code).toBe(1);
    const { run: standing, waitsFor } = documentOf('runbook run', failed);
    expect(waitsFor).toContain('=else');
    const id = String(standing.id);
    const closed = await run('--run', id, '--answer', 'confirm-intake-is-open=else', '--json');
    expect(documentOf('runbook run', closed).open).toMatchObject({ title: 'Write down why' });
    await desk.cli('resume', 'one-step');
  });

  it('refuses what does not fit', async () => {
    const [unknown, needs, pair, other, none] = await Promise.all([
      desk.cli('runbook', 'run', 'nope', '--json'),
      run('--json'),
      run('--input', 'moody', '--json'),
      desk.cli('runbook', 'run', 'provider-down', '--run', '1', '--json'),
      run('--run', '999', '--json'),
    ]);
    expect(errorOf(unknown)).toMatchObject({ exit: 3, next: expect.stringContaining('quick') });
    expect(errorOf(needs)).toMatchObject({ exit: 2, message: 'quick needs agent.' });
    expect(errorOf(pair)).toMatchObject({ exit: 2, message: expect.stringContaining('name=value') });
    expect(errorOf(other)).toMatchObject({ exit: 4, where: '--run' });
    expect(errorOf(none)).toMatchObject({ exit: 3 });
  });

  it('asks a person step by step, and again where an answer means nothing', async () => {
    const lines = ['hm', 'y', 'y', 'neither', 'theirs', 'y', 'someone', 'y', 'two-effects', 'y', 'y'];
    const notes: string[] = [];
    const driver = createDriver({
      ...{ client: desk.client, yes: false, answers: new Map(), skips: new Map() },
      note: (line) => notes.push(line),
      ask: async () => lines.shift(),
    });
    const begun = await desk.client.runs.start({ runbook: 'quick', inputs: { agent: 'two-effects' } });
    const driven = await driver.drive(begun);
    expect(driven).toMatchObject({ open: null, run: { outcome: 'recovered' } });
    expect(lines).toEqual([]);
    const said = notes.join('\n');
    expect(said).toMatch(/Will change {2}Intake of two-effects: open → paused/);
    expect(said).toContain('This step asks for the name two-effects, typed.');
  });

  it('ends with a reason when a person aborts, and is left open when the terminal closes', async () => {
    const lines: (string | undefined)[] = [undefined, 'skip', '', 'not needed', 'abort', 'a try'];
    const driver = createDriver({
      ...{ client: desk.client, yes: false, answers: new Map(), skips: new Map() },
      note: () => {},
      ask: async () => lines.shift(),
    });
    const begun = await desk.client.runs.start({ runbook: 'quick', inputs: { agent: 'moody' } });
    const left = await driver.drive(begun);
    expect(left).toMatchObject({ waitsFor: 'It was left open.', open: { id: begun.current } });
    const ended = await driver.drive(left.run);
    expect(ended.run).toMatchObject({ outcome: 'ended', endReason: 'a try' });
    expect(ended.run.steps[0]).toMatchObject({ state: 'skipped', reason: 'not needed' });
  });
});
