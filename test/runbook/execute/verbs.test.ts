// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isOwnAddress } from '../../../electron/runbook/execute/outside/http.ts';
import { isAlive } from '../../support/alive.ts';
import { until } from '../../support/until.ts';
import { ANA, BEN, driver, type Harness, live, must, openHarness } from '../harness.ts';

let desk: Harness;
const open: (() => void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) close();
  await desk.close();
});

async function runOf(...lines: string[]) {
  desk = await openHarness({ 'test.md': live(...lines) });
  return driver(desk, must(await desk.runbooks.start({ runbook: 'test', incident: 7, inputs: {} }, ANA)));
}

/** A receiver on this machine; answers what `answer` says. */
async function receiver(answer: (body: string) => { status: number; body: string } | undefined) {
  const taken: { headers: IncomingHttpHeaders; body: string; url: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    taken.push({ headers: request.headers, body, url: request.url ?? '' });
    const told = answer(body);
    if (told === undefined) return;
    response.writeHead(told.status, { location: 'http://example.com/' }).end(told.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, taken };
}

describe('wait', () => {
  it('counts down and passes by itself', async () => {
    const run = await runOf('## Mitigate', '- [ ] Let it settle `wait 5m`', '- [ ] Look');
    must(await run.confirm());
    expect(run.next()).toMatchObject({ state: 'checking', dueAt: desk.clock.now() + 300_000 });
    await desk.clock.pass(299_000);
    expect(run.next().title).toBe('Let it settle');
    await desk.clock.pass(1_000);
    expect(run.step(0)).toMatchObject({ state: 'passed', seen: 'waited 5 min' });
  });

  it('ends early with a reason, and goes on after a restart with the end it had', async () => {
    const run = await runOf('## Mitigate', '- [ ] Settle `wait 5m`', '- [ ] Again `wait 5m`', '- [ ] Look');
    must(await run.confirm());
    await desk.clock.pass(60_000);
    must(await run.tell({ do: 'cancel', step: run.next().id, reason: 'it settled' }));
    expect(run.step(0)).toMatchObject({ state: 'passed', seen: 'ended after 60 s: it settled' });
    must(await run.confirm());
    desk.clock.sleep(290_000);
    await desk.restart();
    expect(run.next().title).toBe('Again');
    await desk.clock.pass(10_000);
    expect(run.next().title).toBe('Look');
  });
});

describe('show', () => {
  it('keeps what it saw, and gives it to later steps', async () => {
    const run = await runOf(
      '## Diagnose',
      '- [ ] Queue `show queue(agent=${agent}) id=queue`',
      '- [ ] Tell `notify channel=ops text="${steps.queue.value} wait"`',
    );
    must(await run.confirm());
    expect(run.step(0)).toMatchObject({ state: 'passed', seen: '30 queued, 2 running' });
    expect(run.step(0).output).toContain('triage  30 queued');
    must(await run.confirm());
    expect(readFileSync(`${desk.data}/notify.log`, 'utf8')).toContain('"30 wait"');
  });

  it.each([
    ['agent', 'show agent(agent=triage)', 'intake open'],
    ['provider', 'show provider(provider=openai)', 'breaker closed'],
    ['incident', 'show incident', 'sev2, open'],
    ['tasks', 'show tasks(agent=triage, state=failed, within=15m)', '0 tasks that ended in 15 min'],
  ])('shows an %s', async (_what, directive, seen) => {
    const run = await runOf('## Diagnose', `- [ ] Look \`${directive}\``);
    must(await run.confirm());
    expect(run.step(0).seen).toContain(seen);
  });

  it('fails where there is no such thing', async () => {
    const run = await runOf('## Diagnose', '- [ ] Look `show agent(agent=nobody)`');
    must(await run.confirm());
    expect(run.step(0)).toMatchObject({ state: 'failed', seen: 'No agent is called nobody.' });
  });
});

describe('run', () => {
  it('gives the agent its known task, waits for its end and compares', async () => {
    const run = await runOf('## Verify', '- [ ] It answers `run agent=${agent} confirm id=canary`', '- [ ] Look');
    must(await run.confirm());
    await desk.clock.pass(1_000);
    expect(run.next()).toMatchObject({ state: 'acting', seen: 't1 is running' });
    desk.runtime.endTask('t1', 'succeeded', { answer: 'pong', took: 3 });
    await desk.clock.pass(1_000);
    expect(run.step(0)).toMatchObject({ state: 'passed', seen: 't1 succeeded with what was expected' });
  });

  it('fails when the answer is another one, and is submitted once over a restart', async () => {
    const run = await runOf('## Verify', '- [ ] It answers `run agent=${agent} confirm`');
    must(await run.confirm());
    await desk.restart();
    await desk.clock.pass(1_000);
    desk.runtime.endTask('t1', 'succeeded', { answer: 'ping' });
    await desk.clock.pass(1_000);
    expect(run.step(0)).toMatchObject({ state: 'failed', seen: 't1: output.answer is "ping", expected "pong"' });
    expect(desk.runtime.addTask('triage', null, 'another')).toBe('t2');
  });
});

describe('scale', () => {
  it('is what the runtime can do: how many run at once', async () => {
    const run = await runOf('## Mitigate', '- [ ] More `scale agent=${agent} to=8 for=1h confirm`');
    expect(run.next().plan?.action).toEqual({ verb: 'set', agent: 'triage', concurrency: 8, forMs: 3_600_000 });
  });
});

describe('http', () => {
  const FENCE = ['', '  ```json', '  { "text": "${agent} is \\"down\\"" }', '  ```'];

  it('sends its fence, values as strings, with a key that is the same for a retry in doubt', async () => {
    const { host, taken } = await receiver(() => ({ status: 201, body: '{"id": 42, "token": "s3cret"}' }));
    const run = await runOf(
      '## Mitigate',
      `- [ ] Page \`http method=POST url="http://${host}/a/\${agent}" confirm\``,
      ...FENCE,
    );
    expect(run.next()).toMatchObject({
      plan: null,
      seen: expect.stringContaining('is no host that runbooks may call'),
    });
    desk.settings.http.push(host);
    must(await run.confirm());
    await until(() => run.step(0).state === 'passed');
    expect(run.step(0)).toMatchObject({
      seen: `POST ${host} answered 201`,
      output: expect.stringContaining('"token": "***"'),
    });
    expect(taken).toMatchObject([{ url: '/a/triage', body: '{"text":"triage is \\"down\\""}' }]);
    expect(taken[0]?.headers['idempotency-key']).toMatch(/^run-1-\d+-step-0-try-1$/);
  });

  it('follows no redirect, and is red for anything but success', async () => {
    const { host } = await receiver(() => ({ status: 302, body: '' }));
    const run = await runOf('## Mitigate', `- [ ] Ask \`http method=GET url="http://${host}/" confirm\``);
    desk.settings.http.push(host);
    must(await run.confirm());
    await until(() => run.step(0).state === 'failed');
    expect(run.step(0).seen).toBe(`GET ${host} answered 302, a redirect that is not followed`);
  });

  it.each(['127.0.0.1', '127.8.1.1', '::1', '0.0.0.0', '169.254.169.254', 'fe80::1', '::ffff:127.0.0.1'])(
    'is refused for a name that leads to %s',
    async (address) => {
      desk = await openHarness();
      expect(isOwnAddress(address)).toBe(true);
      expect(isOwnAddress('93.184.215.14')).toBe(false);
    },
  );

  it('can be cancelled while it waits, and takes no answer longer than its timeout', async () => {
    const { host, taken } = await receiver(() => undefined);
    const run = await runOf(
      '## Mitigate',
      `- [ ] Ask \`http method=GET url="http://${host}/" confirm\``,
      `- [ ] Again \`http method=GET url="http://${host}/" confirm timeout=50ms\``,
    );
    desk.settings.http.push(host);
    must(await run.confirm());
    await until(() => taken.length === 1);
    must(await run.tell({ do: 'cancel', step: run.next().id, reason: 'too slow' }));
    expect(run.next()).toMatchObject({ state: 'failed', seen: 'cancelled by ana: too slow' });
    must(await run.skip());
    must(await run.confirm());
    await until(() => run.step(1).state === 'failed');
    expect(run.step(1).seen).toContain('no answer within 50 ms');
  });

  it('that was on its way in a crash is in doubt: a retry goes out under the same key', async () => {
    let answers = false;
    const { host, taken } = await receiver(() => (answers ? { status: 200, body: 'ok' } : undefined));
    const run = await runOf('## Mitigate', `- [ ] Page \`http method=POST url="http://${host}/" confirm\``, ...FENCE);
    desk.settings.http.push(host);
    must(await run.confirm());
    await until(() => taken.length === 1);
    await desk.restart();
    expect(run.next()).toMatchObject({ state: 'failed', seen: expect.stringContaining('look whether it landed') });
    answers = true;
    must(await run.retry());
    must(await run.confirm());
    await until(() => run.step(0).state === 'passed');
    const keys = taken.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe(keys[1]);
  });
});

describe('shell', () => {
  const STEP = ['- [ ] Look `shell`', '', '  ```sh', '  echo "$INPUT_AGENT; $HOME$NIGHTDESK_SECRET"', '  ```'];

  it('is off unless settings allow it', async () => {
    const run = await runOf('## Diagnose', ...STEP);
    expect(run.next()).toMatchObject({
      plan: null,
      confirm: 'press',
      seen: expect.stringContaining('Shell steps are off'),
    });
    expect(await run.confirm()).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
  });

  it('gets values as variables only, in a clean environment', async () => {
    process.env.NIGHTDESK_SECRET = 'leaked';
    const text = live('## Diagnose', ...STEP).replace(
      'default: triage }',
      'default: triage }\n  other: { type: text }',
    );
    desk = await openHarness({ 'test.md': text.replace('$INPUT_AGENT', '$INPUT_OTHER') });
    const inputs = { other: '"; echo pwned; "$(echo no)' };
    const run = driver(desk, must(await desk.runbooks.start({ runbook: 'test', inputs }, ANA)));
    desk.settings.shell = true;
    must(await run.confirm());
    await until(() => run.step(0).state === 'passed');
    expect(run.step(0).output).toBe('"; echo pwned; "$(echo no);');
    delete process.env.NIGHTDESK_SECRET;
  });

  it.each([
    ['its exit code', 'exit 3', '', 'it ended with 3'],
    ['its timeout', 'sleep 30', ' timeout=100ms', 'it took longer than 0 s'],
  ])('fails by %s', async (_what, script, modifier, seen) => {
    const run = await runOf(
      '## Diagnose',
      `- [ ] Do \`shell confirm${modifier}\``,
      '',
      '  ```sh',
      `  ${script}`,
      '  ```',
    );
    desk.settings.shell = true;
    must(await run.confirm());
    await until(() => run.step(0).state === 'failed');
    expect(run.step(0).seen).toBe(seen);
  });

  it('is ended as a group', async () => {
    const script = 'sleep 60 & echo $! > "$INPUT_FILE"; wait';
    const text = live('## Diagnose', '- [ ] Do `shell confirm`', '', '  ```sh', `  ${script}`, '  ```');
    desk = await openHarness({
      'test.md': text.replace('default: triage }', 'default: triage }\n  file: { type: text }'),
    });
    desk.settings.shell = true;
    const file = join(desk.data, 'child');
    const run = driver(desk, must(await desk.runbooks.start({ runbook: 'test', inputs: { file } }, ANA)));
    must(await run.confirm());
    const pid = await until(() => existsSync(file) && Number(readFileSync(file, 'utf8')));
    must(await run.tell({ do: 'cancel', step: run.next().id, reason: 'enough' }));
    await until(() => !isAlive(pid));
  });
});

describe('when=', () => {
  it('passes over a step where it does not hold, and says why', async () => {
    const run = await runOf(
      '## Diagnose',
      '- [ ] Why? `ask choice cause`',
      '  - `deploy`',
      '  - `vendor`',
      '- [ ] Roll it back `notify channel=ops text="back" when="${cause} == deploy"`',
      '- [ ] Look',
    );
    must(await run.answer('vendor'));
    expect(run.step(1)).toMatchObject({ state: 'skipped', reason: 'not needed: ${cause} == deploy does not hold' });
    expect(run.next().title).toBe('Look');
  });

  it('measures, and leaves a step open that cannot be decided', async () => {
    const run = await runOf(
      '## Mitigate',
      '- [ ] A `notify channel=ops text="a" when="queued_tasks(agent=triage) > 100"`',
      '- [ ] B `notify channel=ops text="b" when="success_rate(agent=triage) < 90%"`',
    );
    expect(run.step(0).state).toBe('skipped');
    expect(run.next().title).toBe('B');
  });
});

describe('a ramp', () => {
  const STEP = '- [ ] Back `reroute agent=${agent} to=openai for=1h ramp=10%,50%,100% hold=2m confirm`';

  it('goes on after each hold, each share under a key of its own', async () => {
    const run = await runOf('## Recover', STEP);
    must(await run.confirm());
    await desk.clock.pass(1_000);
    expect(run.next()).toMatchObject({ state: 'acting', seen: expect.stringContaining('10.0 %') });
    await desk.clock.pass(125_000);
    await desk.restart();
    await desk.clock.pass(125_000);
    expect(run.step(0).state).toBe('passed');
    expect(
      desk.runtime.executed.map(({ action, key }) => ['share' in action && action.share, key.replace(/.*try-/, '')]),
    ).toEqual([
      [0.1, '1'],
      [0.5, '1-share-1'],
      [1, '1-share-2'],
    ]);
    expect(run.step(0).undo).toBe('nightdesk reroute triage --to default');
  });

  it('stops where its check does not hold', async () => {
    const run = await runOf('## Recover', STEP, '  - verify: `queued_tasks(agent=${agent}) < 10 within 1m`');
    must(await run.confirm());
    await desk.clock.pass(125_000);
    expect(run.next()).toMatchObject({ state: 'failed', seen: 'stopped at 10.0 %: 30 queued' });
    expect(desk.runtime.executed).toHaveLength(1);
  });
});

describe('caps', () => {
  it('on reach and on actions in an hour are hard', async () => {
    const run = await runOf(
      '## Mitigate',
      '- [ ] Stop `pause agent=${agent} for=30m confirm`',
      '- [ ] Retry `requeue agent=${agent} confirm`',
    );
    desk.settings.actions = 1;
    desk.settings.reach = 10;
    desk.runtime.deadLetters = 11;
    must(await run.confirm());
    expect(await run.confirm()).toMatchObject({ ok: false, error: { where: 'runbooks.reach' } });
    desk.runtime.deadLetters = 5;
    expect(await run.confirm()).toMatchObject({ ok: false, error: { where: 'runbooks.actions' } });
    await desk.clock.pass(3_600_001);
    must(await run.confirm());
    expect(run.step(1).state).toBe('passed');
  });
});

describe('a dry run', () => {
  it('plans everything and changes nothing', async () => {
    desk = await openHarness({
      'test.md': live(
        '## Mitigate',
        '- [ ] Stop `pause agent=${agent} for=30m confirm`',
        '- [ ] Why? `ask text why`',
        '## Verify',
        '- [ ] Holds `verify queued_tasks(agent=${agent}) == 0 within 1m`',
      ),
    });
    const { steps } = must(desk.runbooks.dryRun({ runbook: 'test', inputs: {} }));
    expect(steps.map(({ ok, says }) => [ok, says])).toEqual([
      [true, 'pause triage'],
      [true, 'asks: a text'],
      [true, 'does not hold now: 30 queued'],
    ]);
    expect(desk.runtime.executed).toEqual([]);
    expect(desk.runbooks.listRuns()).toEqual([]);
  });
});

describe('approvals', () => {
  it('count persons, whatever name a command line claims, and say where there is nobody else', async () => {
    const run = await runOf('## Mitigate', '- [ ] Stop `pause agent=${agent} for=30m approve=2`');
    expect(run.next().needs).toContain('nobody else is signed in here');
    must(await run.confirm());
    const { id } = run.next();
    const claimed = await desk.runbooks.command(
      run.id,
      { do: 'confirm', step: id },
      { name: 'ben', via: 'cli' },
      'ana',
    );
    expect(claimed).toMatchObject({ ok: false, error: { code: 'CONFLICT' } });
    must(await run.confirm(BEN));
    expect(run.step(0)).toMatchObject({ state: 'passed', approvedBy: ['ana', 'ben'] });
  });
});
