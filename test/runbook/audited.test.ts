import { afterEach, beforeEach, expect, it } from 'vitest';
import { ANA, driver, type Harness, live, must, openHarness } from './harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness({
    'check.md': live('## Verify', '- [ ] **It holds** `verify success_rate(agent=triage) >= 99% within 5m every 1s`'),
    'stop.md': live('## Mitigate', '- [ ] **Stop intake** `pause agent=triage for=30m confirm`', '- [ ] Tell support'),
  });
});
afterEach(() => harness.close());

async function begin() {
  const started = must(await harness.runbooks.start({ runbook: 'stop', inputs: {} }, ANA));
  return driver(harness, started);
}

it('a run tells of its begin, each step with request, receipt and health, and its end', async () => {
  const run = await begin();
  const began = harness.audited.filter(({ what }) => what === 'run.started');
  expect(began).toMatchObject([
    { subject: `run ${run.id}`, details: { runbook: 'stop', inputs: { agent: 'triage' } } },
  ]);

  await run.confirm();
  await harness.clock.pass(60_000);
  const steps = harness.audited.filter(({ what }) => what === 'run.step');
  const key = expect.stringMatching(/./);
  const action = { verb: 'pause', agent: 'triage', forMs: 1_800_000 };
  expect(steps[0]).toMatchObject({ by: ANA, details: { from: 'todo', to: 'acting', request: { key, action } } });
  expect(
    steps.find(({ details }) => details !== undefined && 'receipt' in details && details.receipt !== null),
  ).toMatchObject({
    details: { receipt: { action } },
  });

  await run.tell({ do: 'end', reason: 'it was a test' });
  expect(harness.audited.at(-1)).toMatchObject({
    what: 'run.ended',
    details: { runbook: 'stop', outcome: 'ended', reason: 'it was a test' },
  });
});

it('a check that is measured again and again is told by what it came to', async () => {
  const run = driver(harness, must(await harness.runbooks.start({ runbook: 'check', inputs: {} }, ANA)));
  harness.rate.good = 1;
  harness.rate.total = 2;
  await run.confirm();
  await harness.clock.pass(600_000);
  const steps = harness.audited.filter(({ what }) => what === 'run.step').map(({ details }) => details);
  expect(steps).toMatchObject([
    { from: 'todo', to: 'checking' },
    { from: 'checking', to: 'failed' },
  ]);
});
