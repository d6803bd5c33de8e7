import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { documentOf, errorOf } from './answer.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS), '--rehearsal', '0');
});
afterAll(() => desk.close());

const AGENT = 'invoice-triage';

describe('objective', () => {
  it('lists and shows what is promised, and says unknown where nothing ended', async () => {
    const { objectives } = documentOf('objective list', await desk.cli('objective', 'list', '--json'));
    const own = objectives.find(({ objective }) => objective.agent === AGENT);
    expect(own).toMatchObject({ verdict: 'unknown', objective: { success: 0.99, from: 'file' } });
    expect((await desk.cli('objective', 'list')).out).toMatch(
      /invoice-triage +99%, p95 30 s over 30 d +not measured +unknown/,
    );
    expect((await desk.cli('objective', 'show', AGENT)).out).toMatch(/^Set +in the agent's file$/m);
  });

  it('tries one on the past, sets it and takes it back', async () => {
    const change = ['--success', '97.5%', '--p95', 'none', '--window', '7d', '--failure', 'failed,retried'];
    const preview = documentOf('objective preview', await desk.cli('objective', 'preview', AGENT, ...change, '--json'));
    const wanted = { success: 0.975, p95Ms: null, windowMs: 604_800_000, failure: ['failed', 'retried'] };
    expect(preview).toMatchObject({ objective: wanted, pages: [], tickets: 0, latency: null });

    const set = documentOf('objective set', await desk.cli('objective', 'set', AGENT, ...change, '--json'));
    expect(set.objective).toMatchObject({ ...wanted, from: 'console', by: { via: 'cli' } });
    // What is left out stays as it is in force.
    await desk.cli('objective', 'set', AGENT, '--success', '98');
    const shown = documentOf('objective show', await desk.cli('objective', 'show', AGENT, '--json'));
    expect(shown.objective).toMatchObject({ ...wanted, success: 0.98 });

    expect((await desk.cli('objective', 'clear', AGENT)).out).toMatch(/99%, p95 30 s over 30 d/);
    expect(errorOf(await desk.cli('objective', 'clear', AGENT, '--json')).code).toBe('CONFLICT');
  });

  it('refuses what cannot be promised', async () => {
    for (const [option, value] of [
      ['--success', '100%'],
      ['--p95', 'soon'],
      ['--failure', 'sad'],
    ] as const) {
      expect(errorOf(await desk.cli('objective', 'set', AGENT, option, value, '--json')).code).toBe('BAD_INPUT');
    }
    expect(errorOf(await desk.cli('objective', 'set', AGENT, '--window', '1m', '--json'))).toMatchObject({
      code: 'BAD_INPUT',
      message: 'An objective cannot be judged over 1m.',
    });
    expect(errorOf(await desk.cli('objective', 'show', 'nobody', '--json')).code).toBe('NOT_FOUND');
  });
});
