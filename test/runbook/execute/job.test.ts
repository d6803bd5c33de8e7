import { afterEach, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { ANA, driver, type Harness, live, must, openHarness } from '../harness.ts';

let desk: Harness | undefined;
afterEach(() => desk?.close());

it('a job whose end cannot be kept is told to the log, and the desk lives on', async () => {
  const text = live('## Diagnose', '- [ ] Do `shell confirm`', '', '  ```sh', '  echo done', '  ```');
  desk = await openHarness({ 'test.md': text });
  const { logged, masking } = desk;
  desk.settings.shell = true;
  masking.text = () => {
    throw new Error('the mask is torn');
  };
  const step = driver(desk, must(await desk.runbooks.start({ runbook: 'test', inputs: {} }, ANA)));
  must(await step.confirm());
  await until(() => logged.length > 0);
  expect(logged[0]).toMatch(/^the end of run-1-\d+-step-0-try-1 could not be kept: the mask is torn$/);
  expect(step.read().id).toBe(step.id);
});
