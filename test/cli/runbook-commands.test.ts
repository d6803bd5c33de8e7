import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Action, commandOf } from '#contract/action.ts';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { TEST_AGENTS } from '../support/runner.ts';
import { documentOf } from './answer.ts';

/*
 * Every step of a run shows the command that does the same. Pasted into a shell it is that action, no more and no less.
 */

let desk: TestDesk;
beforeAll(async () => {
  desk = await startDesk(dataFolder(TEST_AGENTS), '--rehearsal', '0');
});
afterAll(() => desk.close());

/** The words that a shell makes of a line, without the first. */
function wordsOf(line: string): string[] {
  const words = execFileSync('/bin/sh', ['-c', `nightdesk() { printf '%s\\0' "$@"; }; ${line}`], { encoding: 'utf8' });
  return words.split('\0').slice(0, -1);
}

describe('the command of an action, pasted', () => {
  it.each<Action>([
    { verb: 'pause', agent: 'invoice-triage', forMs: 1_800_000 },
    { verb: 'drain', agent: 'invoice-triage', forMs: 90_500 },
    { verb: 'resume', agent: 'invoice-triage' },
    { verb: 'reroute', agent: 'invoice-triage', to: 'openai', share: 0.1, forMs: 7_200_000 },
    { verb: 'reroute', agent: 'invoice-triage', to: 'openai', share: 0.07 },
    { verb: 'reroute', agent: 'invoice-triage', to: 'default', share: 0.5 },
    { verb: 'reroute', agent: 'invoice-triage', to: 'default' },
    { verb: 'set', agent: 'invoice-triage', concurrency: 3, budgetUsd: 12.5, forMs: 3_600_000 },
    { verb: 'set', agent: 'invoice-triage', concurrency: null, budgetUsd: null },
    { verb: 'reset', breaker: 'anthropic' },
  ])('is the action: %o', async (action) => {
    const done = documentOf('action', await desk.cli(...wordsOf(commandOf(action)), '--json'));
    expect(done.receipt.action).toEqual(action);
    expect(done.outcome.state).toBe('applied');
  });

  it('finds the same dead letters', () => {
    const action: Action = {
      verb: 'requeue',
      agent: 'invoice-triage',
      state: 'failed',
      text: `it's "$HOME"`,
      limit: 5,
    };
    const found = ['--agent', 'invoice-triage', '--state', 'failed', '--text', `it's "$HOME"`, '--limit', '5'];
    expect(wordsOf(commandOf(action))).toEqual(['requeue', ...found]);
  });

  it('leaves strange names as they are', () => {
    expect(wordsOf(commandOf({ verb: 'reset', breaker: `it's; rm -rf "$HOME"` }))).toEqual([
      'reset',
      `it's; rm -rf "$HOME"`,
    ]);
    expect(wordsOf(commandOf({ verb: 'reset', breaker: '--all' }))).toEqual(['reset', '--', '--all']);
  });
});

describe('reroute --share', () => {
  it('takes a share or per cent, and nothing else', async () => {
    const half = await desk.cli('reroute', 'invoice-triage', '--to', 'openai', '--share', '50%', '--json');
    expect(documentOf('action', half).receipt.action).toMatchObject({ share: 0.5 });
    expect((await desk.cli('status')).out).toMatch(/reroute/);
    for (const share of ['0', '1.5', '150%', 'half', '', '-1']) {
      expect((await desk.cli('reroute', 'invoice-triage', '--to', 'openai', '--share', share)).code).toBe(2);
    }
  });
});
