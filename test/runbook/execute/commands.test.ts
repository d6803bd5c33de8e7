// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { planLines } from '../../../electron/cli/runbook-text.ts';
import { until } from '../../support/until.ts';
import { ANA, driver, type Harness, live, must, openHarness } from '../harness.ts';

/*
 * What is copied from a step does by hand what the step would do, to the letter.
 */

const run = promisify(execFile);
let desk: Harness | undefined;
const servers: { close(): void }[] = [];
afterEach(async () => {
  await desk?.close();
  for (const server of servers.splice(0)) server.close();
});

async function otherSystem() {
  const taken: { method: string; url: string; body: string; headers: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const { 'content-type': type, 'x-team': team, 'x-note': note } = request.headers;
    const { method = '', url = '' } = request;
    taken.push({ method, url, body: await textOf(request), headers: { type, team, note } });
    response.end('taken');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, taken };
}

async function runOf(...lines: string[]) {
  desk = await openHarness({ 'test.md': live(...lines) });
  desk.settings.shell = true;
  return driver(desk, must(await desk.runbooks.start({ runbook: 'test', incident: 7, inputs: {} }, ANA)));
}

describe('the command of an http step', () => {
  it.each([
    ['a body that is JSON', 'POST', '/a?b=[1]&c={2}', '{"text": "it\'s ${agent} & \\"more\\""}'],
    ['a body that looks like the name of a file', 'PUT', '/a', '@/etc/passwd'],
    ['a body that is a text', 'PATCH', '/a', "it's $HOME `id`"],
    ['no body', 'GET', "/a'b;id", null],
    ['only a head', 'HEAD', '/a', null],
    ['a deletion', 'DELETE', '/a/%24%7Bagent%7D', null],
  ])('sends the same request: %s', async (_what, method, path, body) => {
    const { host, taken } = await otherSystem();
    const fence = body === null ? [] : ['', '  ```', `  ${body}`, '  ```'];
    const line = `http method=${method} url="http://${host}${path}" headers="x-team: ops's; x-note: $HOME" confirm`;
    const step = await runOf('## Mitigate', `- [ ] Call \`${line}\``, ...fence);
    desk?.settings.http.push(host);
    const command = step.next().plan?.command ?? expect.fail('there is no plan');
    must(await step.confirm());
    await until(() => step.step(0).state === 'passed');
    await run('/bin/sh', ['-c', `${command} --silent --show-error`]);
    expect(taken).toHaveLength(2);
    expect(taken[1]).toEqual(taken[0]);
  });
});

describe('the command of a shell step', () => {
  it('knows what earlier steps came to, and the key of the try', async () => {
    const script = 'echo "$INPUT_AGENT $INPUT_STEPS_QUEUE_VALUE $INPUT_STEP $INPUT_RUN $INPUT_KEY"';
    const shell = ['- [ ] Look `shell confirm id=look`', '', '  ```sh', `  ${script}`, '  ```'];
    const step = await runOf('## Diagnose', '- [ ] Queue `show queue(agent=triage) id=queue`', ...shell);
    must(await step.confirm());
    await until(() => step.step(0).state === 'passed');
    const command = step.next().plan?.command ?? expect.fail('there is no plan');
    const pasted = await run('/bin/sh', ['-c', command]);
    must(await step.confirm());
    await until(() => step.step(1).state === 'passed');
    expect(step.step(1).output).toMatch(/^triage 30 look 1 run-1-\d+-step-1-try-1$/);
    expect(pasted.stdout.trim()).toBe(step.step(1).output);
  });
});

describe('the command of a ramp', () => {
  it('does the first share alone; each of the others waits in a comment until somebody has looked', async () => {
    const line = 'reroute agent=${agent} to=openai for=1h ramp=10%,50%,100% hold=90s confirm';
    const step = await runOf('## Mitigate', `- [ ] Shift \`${line}\``);
    const command = step.next().plan?.command ?? expect.fail('there is no plan');
    expect(command.split('\n')).toEqual([
      'nightdesk reroute triage --to openai --share 0.1 --for 1h',
      '# look whether it holds for 90 s before the next:',
      '# nightdesk reroute triage --to openai --share 0.5 --for 1h',
      '# look whether it holds for 90 s before the next:',
      '# nightdesk reroute triage --to openai --for 1h',
    ]);
    const { stdout } = await run('/bin/sh', ['-c', `nightdesk() { echo "$@"; }; ${command}`]);
    expect(stdout).toBe('reroute triage --to openai --share 0.1 --for 1h\n');
  });
});

describe('a message', () => {
  it('has no command, and none is printed under its plan', async () => {
    const step = await runOf('## Communicate', '- [ ] Tell `notify channel=ops text="rm -rf it" confirm`');
    const plan = step.next().plan ?? expect.fail('there is no plan');
    expect(planLines(plan).filter((line) => line.includes('rm -rf it'))).toEqual([
      expect.stringContaining('Tells ops: “rm -rf it”'),
    ]);
  });
});

describe('the command of a canary', () => {
  it('gives the agent the same input', async () => {
    const fence = ['', '  ```json', '  {"input": {"text": "it\'s one"}}', '  ```'];
    const step = await runOf('## Verify', '- [ ] Try `run agent=triage confirm`', ...fence);
    const command = step.next().plan?.command ?? expect.fail('there is no plan');
    const { stdout } = await run('/bin/sh', ['-c', `nightdesk() { echo "$@"; cat; }; ${command}`]);
    expect(stdout).toBe('submit triage --input - --wait\n{"text":"it\'s one"}');
  });
});
