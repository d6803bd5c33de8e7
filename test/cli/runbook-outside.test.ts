// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunStep } from '#contract/runbook.ts';
import { answerOf, dataFolder, spawnCli, startDesk, type TestDesk } from '../support/desk.ts';
import { until } from '../support/until.ts';
import { stoppedOf } from './answer.ts';

/*
 * What a run does outside the desk, for real: a desk process, an agent in its worker, a server, a shell. What each comes to
 * goes into the steps that follow, and the desk is killed in the middle of each.
 */

const AGENTS = fileURLToPath(new URL('../support/canary-agents', import.meta.url));
/** Adds up once the file `go` is there. */
const SLOW = `import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { defineAgent } from 'nightdesk/agent';

export default defineAgent({
  run: (context, input) =>
    context.step('add', async () => {
      while (!existsSync(join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'go'))) await wait(10);
      return (input as number[]).reduce((sum, each) => sum + each, 0);
    }),
});
`;

/** Three deaths and four starts of a desk. */
const LONG_MS = 120_000;

const runbook = (host: string): string => `---
runbook: 1
title: Outside
inputs:
  agent: { type: agent, required: true }
  file: { type: text, required: true }
---
# Outside

## Confirm

- [ ] **It adds up** \`run agent=\${agent} confirm id=known\`
- [ ] **Slowly, too** \`run agent=slow confirm id=sum\`

  \`\`\`json
  {"input": [20, 22], "expect": 42}
  \`\`\`

## Diagnose

- [ ] **The status page** \`http method=GET url="http://${host}/status?sum=\${steps.sum.value}" confirm id=status\`
- [ ] **The report** \`shell confirm id=report\`

  \`\`\`sh
  echo "$INPUT_KEY" >> "$INPUT_FILE"
  while [ ! -e "$INPUT_FILE.go" ]; do sleep 0.05; done
  printf '%s: %s, and %s' "$INPUT_AGENT" "$INPUT_STEPS_SUM_VALUE" "$INPUT_STEPS_STATUS_VALUE"
  \`\`\`

## Mitigate

- [ ] **Page somebody** \`http method=POST url="http://${host}/page" confirm id=page\`

  \`\`\`json
  {"report": "\${steps.report.value}"}
  \`\`\`

- [ ] **Tell them** \`notify channel=ops text="\${steps.page.value}"\`
- [ ] **Only if it is well** \`pause agent=\${agent} for=5m confirm when="\${steps.sum.value} == 41"\`

## Verify

- [ ] **It is open** \`verify intake(agent=\${agent}) == open within 5s every 50ms\`
`;

describe('a run that works outside the desk', () => {
  let desk: TestDesk;
  let folder: string;
  let host: string;
  const taken: { method: string; url: string; key: unknown; body: string }[] = [];
  let holds = true;
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    taken.push({ method, url, key: headers['idempotency-key'], body: await textOf(request) });
    if (method === 'POST' && holds) return;
    response.end(method === 'GET' ? 'degraded "for" $all; `id`' : 'paged: ana');
  });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    folder = dataFolder(AGENTS);
    mkdirSync(join(folder, 'agents', 'slow'));
    writeFileSync(
      join(folder, 'agents', 'slow', 'agent.md'),
      '---\nname: slow\ndescription: Adds up, late.\nmodel: rehearsal/none\n---\nCode.\n',
    );
    writeFileSync(join(folder, 'agents', 'slow', 'agent.ts'), SLOW);
    mkdirSync(join(folder, 'runbooks'));
    writeFileSync(join(folder, 'runbooks', 'outside.md'), runbook(host));
    writeFileSync(join(folder, 'nightdesk.yaml'), JSON.stringify({ runbooks: { shell: true, http: [host] } }));
    desk = await startDesk(folder);
  });
  afterAll(async () => {
    await desk.close();
    server.closeAllConnections();
    server.close();
  });

  const step = async (id: string): Promise<RunStep> => {
    const run = await desk.client.runs.get({ id: 1 });
    return run.steps.find((one) => one.id === id) ?? expect.fail(`there is no step ${id}`);
  };
  /** The desk dies while a step is under way; the command line that drove the run says so. */
  async function killWhile(id: string, isUnderWay: () => boolean | Promise<boolean>, ...words: string[]) {
    const driven = answerOf(spawnCli(folder, 'runbook', ...words, '--yes', '--json'));
    await until(async () => (await step(id).catch(() => undefined))?.state === 'acting' && (await isUnderWay()));
    await desk.kill();
    expect((await driven).code).not.toBe(0);
    desk = await startDesk(folder);
  }

  it(
    'goes on where the desk was killed, each thing once or under its key, each outcome in what follows',
    async () => {
      const file = join(folder, 'report');
      const tasksOf = async (agent: string) => (await desk.client.tasks.list({ agent, limit: 10 })).tasks;

      // In the middle of a task: it goes on by itself, and is not given again.
      const begin = ['run', 'outside', '--input', 'agent=adder', '--input', `file=${file}`];
      await killWhile('sum', async () => (await tasksOf('slow')).some(({ state }) => state === 'running'), ...begin);
      expect(await step('known')).toMatchObject({
        state: 'passed',
        seen: expect.stringContaining('what was expected'),
      });
      writeFileSync(join(folder, 'go'), '');
      await until(async () => (await step('sum')).state === 'passed');
      expect(await tasksOf('slow')).toHaveLength(1);

      // In the middle of a shell: it ends with the desk, and nobody says by itself whether it had done its work.
      await killWhile('report', () => existsSync(file), 'resume', '1');
      expect(taken).toMatchObject([{ method: 'GET', url: '/status?sum=42' }]);
      expect(await step('report')).toMatchObject({ state: 'failed', seen: expect.stringContaining('look whether') });
      expect(stoppedOf(await desk.cli('runbook', 'resume', '1', '--yes', '--json'))).toMatchObject({
        open: { id: 'report' },
      });
      writeFileSync(`${file}.go`, '');

      // In the middle of a request.
      await killWhile('page', () => taken.length === 2, 'resume', '1', '--answer', 'report=retry');
      const [first, second, ...more] = readFileSync(file, 'utf8').trim().split('\n');
      expect([second, more]).toEqual([first, []]);
      holds = false;
      const last = await desk.cli('runbook', 'resume', '1', '--yes', '--answer', 'page=retry', '--json');
      expect(stoppedOf(last).run).toMatchObject({ outcome: 'recovered' });
      expect(last.code).toBe(0);

      const report = 'adder: 42, and degraded "for" $all; `id`';
      expect(taken.slice(1)).toEqual([taken[2], taken[2]]);
      expect(taken[2]).toMatchObject({ method: 'POST', url: '/page', body: JSON.stringify({ report }) });
      expect((await step('report')).output).toBe(report);
      expect(readFileSync(join(folder, 'notify.log'), 'utf8')).toContain('"text":"paged: ana"');
      const run = await desk.client.runs.get({ id: 1 });
      expect(run.steps.find(({ verb }) => verb === 'pause')).toMatchObject({ state: 'skipped' });
      // Beside the canary that the desk gives it by itself.
      const given = (await tasksOf('adder')).filter(({ key }) => key?.startsWith('canary:run-') === true);
      expect(given).toHaveLength(1);
      expect((await desk.client.audit.verify({})).sound).toBe(true);
    },
    LONG_MS,
  );
});
