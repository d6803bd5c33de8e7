import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('bad-deploy: the last good definition is put back, and what failed is tried again', async () => {
  desk = await openLibraryDesk(['billing']);
  desk.traffic({ agent: 'billing', input: { amount: 5 }, everyMs: 5_000 });
  await desk.pass(60_000);
  const file = join(desk.folder, 'agents/billing/agent.md');
  const good = readFileSync(file, 'utf8');
  const hash = async () => (await desk.client.agents.get({ name: 'billing' })).definition;
  const before = await hash();

  writeFileSync(join(desk.folder, 'agents/billing/output.schema.json'), '{ "type": "object", "required": ["entry"] }');
  writeFileSync(file, good.replace('nightdesk:\n', 'nightdesk:\n  output: ./output.schema.json\n'));
  await desk.until(async () => (await hash()) !== before);
  const incident = await desk.fires('success-burn-fast', 'bad-deploy');

  const run = await desk.carryOut('bad-deploy', incident, {
    answers: { cause: 'the-agent' },
    does: { 'Put the last good definition back': () => writeFileSync(file, good) },
  });
  expect(run).toMatchObject({ outcome: 'recovered', agent: 'billing' });
  await desk.resolves('success-burn-fast');
  expect((await desk.client.tasks.list({ state: ['failed'], limit: 10 })).tasks).toEqual([]);
});
