// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDetail } from '#contract/runbook.ts';
import type { RunEvent } from '../../electron/cli/runbook-event.ts';
import { driveRun } from '../../electron/cli/runbook-run.ts';
import { answerOf, dataFolder, runCli, spawnCli, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { until } from '../support/until.ts';
import { documentOf, errorOf, linesOf, stoppedOf } from './answer.ts';

const TODAY = new Date().toISOString().slice(0, 10);
const head = (title: string): string => `---
runbook: 1
title: ${title}
inputs:
  agent: { type: agent, required: true }
owner: test
reviewed: ${TODAY}
---
# ${title}
`;
const QUICK = `${head('A quick one')}
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
/** Waits, two approvals, and leases. */
const LONG = `${head('A long one')}
## Mitigate
- [ ] **Slow down** \`set agent=\${agent} concurrency=1 for=30m confirm\`
  - undo: \`set agent=\${agent} concurrency=default\`
- [ ] **Wait** \`wait 1h\`
- [ ] **Stop intake** \`pause agent=\${agent} for=30m approve=2\`
  - undo: \`resume agent=\${agent}\`
## Verify
- [ ] **It is paused** \`verify intake(agent=\${agent}) == paused within 5s every 50ms\`
`;

let desk: TestDesk;
let folder: string;
beforeAll(async () => {
  folder = dataFolder(TEST_AGENTS);
  mkdirSync(join(folder, 'runbooks'));
  writeFileSync(join(folder, 'runbooks', 'quick.md'), QUICK);
  writeFileSync(join(folder, 'runbooks', 'long.md'), LONG);
  mkdirSync(join(folder, 'alerts'));
  writeFileSync(join(folder, 'alerts', 'a.yaml'), 'rules:\n  - { name: too-many-failed, measure: failed, above: 3 }\n');
  desk = await startDesk(folder, '--rehearsal', '0');
});
afterAll(() => desk.close());

const runbook = (...words: string[]) => desk.cli('runbook', ...words);
const run = (...words: string[]) => runbook('run', 'quick', ...words);

describe('runbook list, show and lint', () => {
  it('list the shipped ones and our own, and the alerts that none answers', async () => {
    const { runbooks, metrics } = documentOf('runbook list', await runbook('list', '--json'));
    expect(runbooks.map(({ name }) => name)).toEqual(expect.arrayContaining(['provider-down', 'quick']));
    expect(metrics.runbooks.find((one) => one.runbook === 'long')).toMatchObject({ freshness: 'unproven', runs: 0 });
    expect(metrics.unanswered.map(({ rule }) => rule)).not.toContain('provider-breaker-open');
    expect((await runbook('list')).out).toMatch(/long +A long one +- +4 +\d+ +Never used +- +-/);
  });

  it('show one as a checklist', async () => {
    const shown = await runbook('show', 'quick');
    expect(shown.out).toContain(
      '[ ] Stop intake  pause agent=${agent} for=30m confirm\n        undo: resume agent=${agent}',
    );
    expect(documentOf('runbook show', await runbook('show', 'quick', '--json'))).toMatchObject({
      title: 'A quick one',
    });
    expect(errorOf(await runbook('show', 'nope', '--json'))).toMatchObject({ exit: 3 });
  });

  it('check those of the desk that runs, and the names in them', async () => {
    const linted = await runbook('lint', '--json');
    const { files, errors } = documentOf('runbook lint', linted);
    expect({ code: linted.code, errors }).toEqual({ code: 0, errors: 0 });
    expect(files).toContain(join(folder, 'runbooks', 'quick.md'));
    expect(linted.out, 'an alert that nothing answers').toContain(join(folder, 'runbooks', 'too-many-failed.md'));
  });

  it('check files without a desk, with the line and a fix, in every format', async () => {
    const nowhere = dataFolder();
    const file = join(nowhere, 'bad.md');
    writeFileSync(file, QUICK.replace(' for=30m confirm', '').replace('ask choice cause', 'aks choice cause'));
    const lint = (...words: string[]) => runCli(nowhere, 'runbook', 'lint', ...words);
    const [human, machine, json, sarif, github] = await Promise.all([
      lint(file),
      lint(nowhere, '--json'),
      lint(file, '--format', 'json'),
      lint(file, '--format', 'sarif'),
      lint(file, '--format', 'github'),
    ]);
    expect(human.code).toBe(1);
    expect(human.out).toContain(`${file}:15:`);
    expect(human.out).toMatch(/error .+\(mutation-without-confirm\)/);
    expect(human.out).toMatch(/1 file, \d+ errors?, \d+ warnings?\n$/);
    const document = documentOf('runbook lint', machine);
    expect(document.errors).toBeGreaterThanOrEqual(2);
    expect(json.out).toBe(machine.out);
    expect(JSON.parse(sarif.out).runs[0].results).toHaveLength(document.problems.length);
    expect(github.out.trim().split('\n')).toHaveLength(document.problems.length);
    expect(github.out).toMatch(/^::error file=/m);
    expect([sarif.code, github.code]).toEqual([1, 1]);
    expect((await lint('/nowhere.md')).code).toBe(2);
    expect((await lint('--format', 'xml')).code).toBe(2);
  });
});

describe('runbook run', () => {
  it('without a terminal shows the open step and waits for a person', async () => {
    const shown = await run('--input', 'agent=moody');
    expect(shown.code).toBe(12);
    expect(shown.out).toContain('verify intake(agent=moody) == open within 1s every 50ms');
    expect(shown.out).toMatch(/nightdesk runbook resume \d+\n$/);
  });

  it('goes as far as it was told to, a line for each thing that happens, and on from there to the proof', async () => {
    const first = await run('--input', 'agent=moody', '--yes', '--json');
    expect(first.code).toBe(12);
    const events = linesOf(first).map(({ event }) => event);
    const order = ['begun', 'opened', 'passed', 'plan', 'acted', 'passed', 'opened', 'stopped'];
    for (const event of events) if (event === order[0]) order.shift();
    expect(order, `in their order among ${events.join(', ')}`).toEqual([]);
    const asked = stoppedOf(first);
    expect(asked.open).toMatchObject({ verb: 'ask', state: 'todo' });
    expect(asked.waitsFor).toContain('=ours|theirs');
    const id = String(asked.run.id);

    const typed = await runbook('resume', id, '--yes', '--answer', 'cause=ours', '--json');
    expect(stoppedOf(typed).waitsFor).toContain('name, typed');
    const byHand = await runbook('resume', id, '--yes', '--answer', 'recover-open-intake=moody', '--json');
    expect(stoppedOf(byHand).open).toMatchObject({ directive: null, title: 'Tell the team' });

    const proven = await runbook('resume', id, '--yes', '--answer', 'recover-tell-the-team=done');
    expect(proven).toMatchObject({ code: 0, out: expect.stringContaining('recovered, proven by its verify steps.') });
    const again = await runbook('resume', id, '--json');
    expect(stoppedOf(again)).toMatchObject({ open: null, waitsFor: null, run: { outcome: 'recovered' } });
    expect(again.code).toBe(0);
  });

  it('fails where a check does not hold, and goes where its else leads', async () => {
    await desk.cli('pause', 'one-step');
    const failed = await run('--input', 'agent=one-step', '--yes', '--json');
    expect(failed.code).toBe(1);
    const { run: standing, waitsFor } = stoppedOf(failed);
    expect(waitsFor).toContain('=else');
    const closed = await runbook('resume', String(standing.id), '--answer', 'confirm-intake-is-open=else', '--json');
    expect(stoppedOf(closed).open).toMatchObject({ title: 'Write down why' });
    await desk.cli('resume', 'one-step');
  });

  it('plans everything and changes nothing as a dry run', async () => {
    const before = documentOf('runbook runs', await runbook('runs', '--json')).runs.length;
    const dry = await run('--input', 'agent=moody', '--dry-run', '--json');
    const planned = documentOf('runbook run --dry-run', dry);
    expect(planned.steps.find(({ verb }) => verb === 'pause')).toMatchObject({
      plan: { willChange: expect.stringContaining('moody') },
    });
    expect(dry.code).toBe(planned.steps.every(({ ok }) => ok) ? 0 : 1);
    expect(documentOf('runbook runs', await runbook('runs', '--json')).runs).toHaveLength(before);
  });

  it('refuses what does not fit', async () => {
    const [unknown, needs, pair, none] = await Promise.all([
      runbook('run', 'nope', '--json'),
      run('--json'),
      run('--input', 'moody', '--json'),
      runbook('resume', '999', '--json'),
    ]);
    expect(errorOf(unknown)).toMatchObject({ exit: 3, next: expect.stringContaining('quick') });
    expect(errorOf(needs)).toMatchObject({ exit: 2, message: 'quick needs agent.' });
    expect(errorOf(pair)).toMatchObject({ exit: 2, message: expect.stringContaining('name=value') });
    expect(errorOf(none)).toMatchObject({ exit: 3 });
  });
});

describe('what else is done to a run', () => {
  let id: string;
  const step = async (number: number) => (await desk.client.runs.get({ id: Number(id) })).steps[number - 1];

  it('is left open by Ctrl-C, which says how to go on', async () => {
    const begun = await desk.client.runs.start({ runbook: 'long', inputs: { agent: 'moody' } });
    const child = spawnCli(folder, 'runbook', 'resume', String(begun.id), '--yes');
    const left = answerOf(child);
    await until(async () => (await desk.client.runs.get({ id: begun.id })).steps[1]?.state === 'checking');
    child.kill('SIGINT');
    expect(await left).toMatchObject({
      code: 12,
      out: expect.stringContaining(`nightdesk runbook resume ${begun.id}`),
    });
    expect(await desk.client.runs.get({ id: begun.id })).toMatchObject({ endedAt: null });
    await runbook('cancel', String(begun.id), '2', '--reason', 'seen enough');
    await runbook('roll-back', String(begun.id), '1', '--yes');
  });

  it('begins a wait, and ends it early for a reason', async () => {
    const begun = await runbook('run', 'long', '--input', 'agent=two-effects', '--json');
    id = String(stoppedOf(begun).run.id);
    const going = runbook('resume', id, '--yes', '--json');
    await until(async () => (await step(2))?.state === 'checking');
    expect((await runbook('cancel', id, '2', '--reason', 'long enough')).code).toBe(0);
    expect(stoppedOf(await going)).toMatchObject({
      waitsFor: expect.stringContaining(`nightdesk runbook approve ${id}`),
      open: { approvals: 2 },
    });
  });

  it('renews a lease', async () => {
    const before = (await step(1))?.until ?? 0;
    expect((await runbook('renew', id, '1')).code).toBe(0);
    await until(async () => ((await step(1))?.until ?? 0) > before);
  });

  it('never gives an approval by --yes; one person approves once', async () => {
    expect((await runbook('resume', id, '--yes')).code).toBe(12);
    expect((await step(3))?.approvedBy).toEqual([]);
    const approved = await runbook('approve', id);
    expect(approved.err).toContain('two-effects');
    expect((await step(3))?.approvedBy).toHaveLength(1);
    const twice = errorOf(await runbook('approve', id, '--json'));
    expect(twice).toMatchObject({ exit: 4, next: expect.stringContaining('nightdesk invite') });
  });

  it('hands over and takes back', async () => {
    expect((await runbook('hand-over', id, 'ben')).out).toContain('held by ben');
    expect(errorOf(await runbook('undo', id, '1', '--json'))).toMatchObject({
      message: expect.stringContaining('ben'),
    });
    expect((await runbook('take-over', id)).code).toBe(0);
  });

  it('adopts what the file has otherwise by now', async () => {
    const file = join(folder, 'runbooks', 'long.md');
    writeFileSync(file, LONG.replace('- [ ] **It is paused**', '- [ ] Look at the board\n- [ ] **It is paused**'));
    await until(async () => (await desk.client.runs.get({ id: Number(id) })).edited !== null);
    const unknown = errorOf(await runbook('adopt', id, 'nope', '--json'));
    expect(unknown.next).toContain('verify-look-at-the-board');
    expect(documentOf('runbook command', await runbook('adopt', id, '--json')).steps).toHaveLength(5);
    expect((await runbook('ignore', id)).code).toBe(4);
  });

  it('shows what a roll back would undo, and does it when told to', async () => {
    const shown = await runbook('roll-back', id, '1', '--json');
    expect(shown.code).toBe(12);
    expect(documentOf('runbook roll-back', shown)).toMatchObject({
      run: null,
      plan: [{ title: 'Slow down', plan: { willChange: expect.stringContaining('two-effects') } }],
    });
    expect((await runbook('roll-back', id, '1', '--yes')).code).toBe(0);
    await until(async () => (await step(1))?.state === 'todo');
    expect(errorOf(await runbook('roll-back', id, '99', '--json'))).toMatchObject({ exit: 3 });
  });

  it('ends with a reason, is listed and written down', async () => {
    expect(errorOf(await runbook('end', id, '--json'))).toMatchObject({ exit: 2 });
    expect((await runbook('end', id, '--reason', 'it was a try')).code).toBe(0);
    const open = documentOf('runbook runs', await runbook('runs', '--open', '--json')).runs;
    expect(open.map((one) => one.id)).not.toContain(Number(id));
    const told = await runbook('export', id);
    expect(told.out).toContain('it was a try');
    const file = join(folder, 'run.md');
    await runbook('export', id, '--out', file);
    expect(readFileSync(file, 'utf8').trim()).toBe(told.out.trim());
    const document = documentOf('runbook export', await runbook('export', id, '--json'));
    expect(document.sections.map(({ section }) => section)).toEqual(['Mitigate', 'Verify']);
    expect(document.run).toMatchObject({ outcome: 'ended', endReason: 'it was a try' });
  });
});

describe('runbook metrics', () => {
  it('tell how each was used and proven, and how its steps went', async () => {
    const { library } = documentOf('runbook metrics', await runbook('metrics', '--json'));
    expect(library?.runbooks.find((one) => one.runbook === 'quick')).toMatchObject({
      freshness: 'proven',
      recovered: 1,
      lastProven: { rehearsal: true, sameText: true },
    });
    const { runbook: one } = documentOf('runbook metrics', await runbook('metrics', 'quick', '--json'));
    const confirm = one?.steps.find(({ step: id }) => id === 'confirm-intake-is-open');
    expect(confirm?.passed).toBeGreaterThan(0);
    expect(confirm?.failed).toBeGreaterThan(0);
    expect((await runbook('metrics', 'quick')).out).toMatch(/Confirm +Intake is open +\S.* +\d+ +\d+ +\d+/);
    expect((await runbook('metrics')).out).toMatch(/quick +Proven/);
  });
});

describe('a person at a terminal', () => {
  /** Says these lines, one where a decision is asked for; undefined closes the terminal. */
  async function drive(begun: RunDetail, lines: (string | undefined)[]) {
    const said: string[] = [];
    const events: RunEvent[] = [];
    const driven = await driveRun(begun, {
      ...{ client: desk.client, yes: false, answers: new Map(), skips: new Map() },
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
      screen: {
        ask: (_run, question, signal) => {
          if (!question.startsWith('At work')) return Promise.resolve(lines.shift());
          return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
        },
        more: async () => lines.shift(),
        say: (text) => said.push(text),
      },
    });
    return { driven, said: said.join('\n'), events, left: lines };
  }
  const begin = (name: string, agent: string) => desk.client.runs.start({ runbook: name, inputs: { agent } });

  it('is asked step by step, and again where an answer means nothing', async () => {
    const lines = ['hm', 'y', 'y', 'neither', 'theirs', 'y', 'someone', 'y', 'one-step', 'y', 'y'];
    const { driven, said, events, left } = await drive(await begin('quick', 'one-step'), lines);
    expect(driven).toMatchObject({ open: null, run: { outcome: 'recovered' } });
    expect(left).toEqual([]);
    expect(said).toContain('This step asks for the name one-step, typed.');
    expect(said).toContain('Say one of ours, theirs.');
    expect(events.filter(({ event }) => event === 'ended')).toHaveLength(1);
  });

  it('ends it with a reason, and leaves it open where the terminal closes', async () => {
    const begun = await begin('quick', 'moody');
    const closed = await drive(begun, [undefined]);
    expect(closed.driven).toMatchObject({ waitsFor: 'It was left open.', open: { id: begun.current } });
    const ended = await drive(closed.driven.run, ['skip', 'not needed', 'abort', '', 'abort', 'a try']);
    expect(ended.driven.run).toMatchObject({ outcome: 'ended', endReason: 'a try' });
    expect(ended.driven.run.steps[0]).toMatchObject({ state: 'skipped', reason: 'not needed' });
  });

  it('rolls back once its plan was shown, and is told by the run what others do', async () => {
    const begun = await begin('quick', 'moody');
    const { driven, said } = await drive(begun, ['y', 'y', 'back', 'back 2', 'no', 'back 2', 'y', 'n']);
    expect(said).toContain('Stop intake: is undone');
    expect(driven.run.steps[1]).toMatchObject({ state: 'todo' });
    await desk.client.runs.command({ id: begun.id, command: { do: 'end', reason: 'tried' } });
  });
});
