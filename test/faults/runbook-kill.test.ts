// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import { ANA, driver, type Harness, live, must, openHarness } from '../runbook/harness.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { until } from '../support/until.ts';

/*
 * A desk dies at every boundary between the steps of a runbook that has every verb, and in the middle of those that act.
 * After each death the run opens at the same step, and nothing was done twice.
 */

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** Somebody else's system: counts what it is asked for, by its key. */
async function otherSystem() {
  const keys: string[] = [];
  const server = createServer((request, response) => {
    keys.push(String(request.headers['idempotency-key']));
    if (held.value) return;
    response.writeHead(200).end('taken');
  });
  const held = { value: false };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, keys, held };
}

/** Every verb there is, each step able to pass. */
function everyVerb(host: string, agent: string): string[] {
  return [
    '## Confirm',
    `- [ ] Measured \`verify queued_tasks(agent=${agent}) >= 0 within 5s every 100ms\``,
    '- [ ] Settle `wait 300ms`',
    `- [ ] Shown \`show queue(agent=${agent}) id=queue\``,
    '## Mitigate',
    `- [ ] Pause \`pause agent=${agent} for=30m confirm\``,
    `- [ ] Shift \`reroute agent=${agent} to=openai for=2h ramp=50%,100% hold=300ms confirm\``,
    `- [ ] Less \`set agent=${agent} concurrency=2 for=1h confirm\``,
    `- [ ] More \`scale agent=${agent} to=3 for=1h confirm\``,
    '- [ ] Close it `reset breaker=anthropic confirm`',
    '- [ ] Tell `notify channel=ops text="${steps.queue.value} wait"`',
    `- [ ] Call \`http method=POST url="http://${host}/page" confirm\``,
    '- [ ] Run `shell confirm`',
    '',
    '  ```sh',
    '  echo ran >> "$INPUT_LEDGER"',
    '  ```',
    '## Diagnose',
    '- [ ] Why? `ask choice cause`',
    '  - `vendor`',
    '- [ ] By hand',
    '## Recover',
    `- [ ] Drain \`drain agent=${agent} for=30m confirm\``,
    `- [ ] Resume \`resume agent=${agent} confirm\``,
    `- [ ] Requeue \`requeue agent=${agent} state=failed confirm\``,
  ];
}

function commandFor(step: RunStep): RunCommand {
  if (step.verb === 'ask') return { do: 'answer', step: step.id, choice: 'vendor' };
  return step.live ? { do: 'confirm', step: step.id } : { do: 'check-off', step: step.id };
}

const isUnderWay = (step: RunStep | undefined): boolean => step?.state === 'acting' || step?.state === 'checking';

describe('a runbook with every verb', () => {
  it('stands at the same step after a death at each boundary, and does each thing once', async () => {
    const { host, keys } = await otherSystem();
    const text = live(...everyVerb(host, 'triage')).replace(
      'default: triage }',
      'default: triage }\n  ledger: { type: text }',
    );
    const desk: Harness = await openHarness({ 'test.md': text });
    open.push(desk);
    Object.assign(desk.settings, { shell: true, http: [host] });
    const ledger = join(desk.data, 'ledger');
    const run = driver(
      desk,
      must(await desk.runbooks.start({ runbook: 'test', incident: 7, inputs: { ledger } }, ANA)),
    );
    desk.runtime.setLane('triage', { running: 0 });
    const total = run.read().steps.length;
    for (let index = 0; index < total; index += 1) {
      const { id, state } = run.next();
      expect([index, state]).toEqual([index, 'todo']);
      await desk.restart();
      expect(run.read().current).toBe(id);
      must(await run.tell(commandFor(run.next())));
      await desk.restart();
      await until(async () => {
        await desk.clock.pass(400);
        // What was outside the desk when it died is in doubt: a person looked, and sends it again under its key.
        const now = run.step(index);
        if (now.state === 'failed') must(await run.retry());
        if (run.step(index).state === 'todo') must(await run.confirm());
        return run.step(index).state === 'passed';
      });
    }
    expect(run.read().current).toBeNull();
    const verbs = desk.runtime.executed.map(({ action }) => action.verb);
    expect(verbs).toEqual(['pause', 'reroute', 'reroute', 'set', 'set', 'reset', 'drain', 'resume', 'requeue']);
    expect(new Set(keys).size).toBe(1);
    expect(readFileSync(join(desk.data, 'notify.log'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)('sends each action once when the desk dies %s it landed', async (when) => {
    const verbs = ['pause', 'reroute', 'set', 'scale', 'reset', 'drain', 'resume', 'requeue'];
    const lines = everyVerb('127.0.0.1:1', 'triage').filter((line) =>
      verbs.some((verb) => line.includes(`\`${verb} `)),
    );
    const desk: Harness = await openHarness({ 'test.md': live('## Mitigate', ...lines) });
    open.push(desk);
    desk.runtime.setLane('triage', { running: 0 });
    const run = driver(desk, must(await desk.runbooks.start({ runbook: 'test', incident: 7, inputs: {} }, ANA)));
    for (let index = 0; index < lines.length; index += 1) {
      desk.runtime.crashNext = when;
      await expect(run.confirm()).rejects.toThrow('the desk died');
      await desk.restart();
      await until(async () => {
        await desk.clock.pass(400);
        return run.step(index).state === 'passed';
      });
    }
    // The ramp takes two.
    expect(desk.runtime.executed).toHaveLength(lines.length + 1);
  });
});

describe('kill -9 of a real desk', () => {
  async function begin(folder: string): Promise<TestDesk> {
    const desk = await startDesk(folder, '--rehearsal');
    open.push(desk);
    return desk;
  }

  it('in the middle of a pause, a ramp, a call and a wait: the run opens where it was, and nothing is done twice', async () => {
    const { host, keys, held } = await otherSystem();
    const folder = dataFolder();
    mkdirSync(join(folder, 'runbooks'));
    writeFileSync(join(folder, 'nightdesk.yaml'), JSON.stringify({ runbooks: { http: [host] } }));
    const lines = [
      '## Mitigate',
      '- [ ] Pause `pause agent=invoice-triage for=30m confirm`',
      '- [ ] Shift `reroute agent=invoice-triage to=openai for=2h ramp=50%,100% hold=1s confirm`',
      `- [ ] Call \`http method=POST url="http://${host}/page" confirm\``,
      '- [ ] Settle `wait 2s`',
      '- [ ] By hand',
    ];
    writeFileSync(join(folder, 'runbooks/all.md'), ['---', 'runbook: 1', 'title: All', '---', ...lines, ''].join('\n'));
    let desk = await begin(folder);
    const { id } = await desk.client.runs.start({ runbook: 'all', inputs: {} });
    const read = (): Promise<RunDetail> => desk.client.runs.get({ id });
    const next = async (): Promise<RunStep> => {
      const run = await read();
      return run.steps.find((step) => step.id === run.current) ?? expect.fail('nothing is next');
    };
    held.value = true;
    for (let index = 0; index < 4; index += 1) {
      const step = await next();
      expect(step.index).toBe(index);
      await desk.client.runs.command({ id, command: { do: 'confirm', step: step.id } });
      await desk.kill();
      desk = await begin(folder);
      expect([index, index + 1]).toContain((await next()).index);
      held.value = false;
      if (step.verb === 'http') {
        const doubtful = await next();
        expect(doubtful).toMatchObject({ state: 'failed', seen: expect.stringContaining('look whether it landed') });
        await desk.client.runs.command({ id, command: { do: 'retry', step: step.id } });
        await desk.client.runs.command({ id, command: { do: 'confirm', step: step.id } });
      }
      await until(async () => !isUnderWay((await read()).steps[index]));
      expect((await read()).steps[index]).toMatchObject({ state: 'passed' });
      held.value = index === 1;
    }
    expect((await next()).title).toBe('By hand');
    expect(new Set(keys).size).toBe(1);
    const inForce = await desk.client.actions.interventions();
    expect(inForce.map(({ verb, to }) => [verb, to])).toEqual([
      ['pause', null],
      ['reroute', 'openai'],
    ]);
  });

  it('takes its shells with it, also one that heeds no polite signal; after the restart the step is in doubt', async () => {
    const folder = dataFolder();
    mkdirSync(join(folder, 'runbooks'));
    writeFileSync(join(folder, 'nightdesk.yaml'), JSON.stringify({ runbooks: { shell: true } }));
    const lines = [
      '## Diagnose',
      '- [ ] Dig `shell confirm timeout=10m id=dig`',
      '',
      '  ```sh',
      '  trap "" TERM',
      '  sh -c \'trap "" TERM; while :; do sleep 1; done\' & inner=$!',
      '  echo "$$ $inner" > "$INPUT_FILE.new" && mv "$INPUT_FILE.new" "$INPUT_FILE"',
      '  while :; do echo at work; sleep 1; done',
      '  ```',
    ];
    const front = ['---', 'runbook: 1', 'title: Dig', 'inputs:', '  file: { type: text, required: true }', '---'];
    writeFileSync(join(folder, 'runbooks/dig.md'), [...front, ...lines, ''].join('\n'));
    let desk = await begin(folder);
    const file = join(folder, 'pids');
    const { id } = await desk.client.runs.start({ runbook: 'dig', inputs: { file } });
    await desk.client.runs.command({ id, command: { do: 'confirm', step: 'dig' } });
    const pids = await until(() => existsSync(file) && readFileSync(file, 'utf8').trim().split(' ').map(Number));
    expect(pids.map(isRunning)).toEqual([true, true]);
    await desk.kill();
    await until(() => !pids.some(isRunning));
    desk = await begin(folder);
    expect((await desk.client.runs.get({ id })).steps[0]).toMatchObject({
      state: 'failed',
      seen: expect.stringContaining('look whether it landed'),
    });
  });
});

/** Whether a process does anything still; one that has ended and was not asked for its end yet does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/^\d+ \(.*\) Z/.test(readFileSync(stat, 'utf8'));
}
