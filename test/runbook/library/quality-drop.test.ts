import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

/** Judges what is open. @returns how many there were */
async function judge(verdict: 'correct' | 'incorrect'): Promise<number> {
  const open = await desk.client.samples.list({ open: true, limit: 100 });
  for (const { id } of open) await desk.client.samples.judge({ id, verdict });
  return open.length;
}

it('quality-drop: nothing more goes out until outputs are judged right again', async () => {
  desk = await openLibraryDesk(['billing']);
  await desk.submit('billing', { amount: 5 }, 20);
  await desk.until(async () => (await judge('incorrect')) > 0);
  desk.traffic({ agent: 'billing', input: { amount: 5 }, everyMs: 5_000 });
  const incident = await desk.fires('correctness-drop', 'quality-drop');

  const run = await desk.carryOut('quality-drop', incident, {
    answers: { cause: 'our-prompt-or-tools' },
    does: {
      'Judge the next outputs until they are right': async () => {
        await desk.until(async () => {
          await judge('correct');
          return (await desk.client.alerts.list({ all: false })).every(({ rule }) => rule !== 'correctness-drop');
        });
      },
    },
  });
  expect(run.outcome).toBe('recovered');
  await desk.resolves('correctness-drop');
});
