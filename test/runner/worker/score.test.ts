import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startRunner, TEST_AGENTS, type TestRunner } from '../../support/runner.ts';
import { until } from '../../support/until.ts';

let desk: TestRunner;
afterEach(() => desk.close());

/** The drafting agent, whose judge scores a share of the outputs instead of refusing some. */
function start(share: number, more = ''): void {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-agents-'));
  cpSync(join(TEST_AGENTS, 'drafting'), join(folder, 'drafting'), { recursive: true });
  const file = join(folder, 'drafting', 'agent.md');
  const refusing = 'judge: { model: openai/judge, question: Is the text polite? }';
  const text = readFileSync(file, 'utf8');
  if (!text.includes(refusing)) throw new Error('the agent of the tests has another judge');
  const scoring = `sample: { judge: { model: openai/judge, question: Is the text polite?, share: ${share} } }`;
  writeFileSync(file, text.replace(refusing, `${scoring}${more}`));
  desk = startRunner(undefined, 2, { agentFolders: [folder] });
}

const drafted = async (text: string) =>
  desk.end(await desk.submit('drafting', { outputs: [{ text, confidence: 0.9 }] }));

describe('a model that scores outputs', () => {
  it('refuses none: what it says of each stands with the output, as a score', async () => {
    start(1);
    const [polite, rude] = await Promise.all([drafted('Dear Ada'), drafted('Dear fool')]);
    expect(polite).toMatchObject({ state: 'succeeded', marks: expect.not.arrayContaining(['incorrect']) });
    expect(rude).toMatchObject({ state: 'succeeded', output: { text: 'Dear fool' } });
    const noteOf = (task: typeof polite) => task.steps.find(({ kind }) => kind === 'output')?.result;
    expect(noteOf(polite)).toMatchObject({ score: { ok: true, model: 'openai/judge' } });
    expect(noteOf(rude)).toMatchObject({
      score: { ok: false, why: 'it calls somebody a fool', model: 'openai/judge' },
    });
    expect(rude.steps.map(({ name, kind }) => [name, kind])).toEqual([
      ['model call 1', 'model'],
      ['judge score', 'check'],
      ['output', 'output'],
    ]);
    // It is paid for like every call, and is none of the agent's own.
    expect(rude).toMatchObject({ tokensIn: 200, model: 'rehearsal/writer' });
  });

  it('scores about its share of the tasks', async () => {
    start(0.5);
    const tasks = [];
    for (let batch = 0; batch < 3; batch += 1) {
      tasks.push(...(await Promise.all(Array.from({ length: 14 }, () => drafted('Dear Ada')))));
    }
    const scored = tasks.filter(({ steps }) => steps.some(({ name }) => name === 'judge score')).length;
    // By the numbers of the tasks, which are the same in every run.
    expect(scored).toBeGreaterThan(8);
    expect(scored).toBeLessThan(32);
  });

  it('holds up no output when it cannot be asked: there is no score', async () => {
    start(1);
    desk.runner.setFault('openai', { errorRate: 0, latencyMs: 0, down: true });
    const openai = () => desk.runner.snapshot().providers.find((each) => each.name === 'openai');
    const tasks = await Promise.all(Array.from({ length: 12 }, () => drafted('Dear Ada')));
    await until(() => openai()?.breaker === 'open');
    tasks.push(await drafted('Dear Ada'));
    for (const task of tasks) {
      expect(task).toMatchObject({ state: 'succeeded', attempts: 1 });
      expect(task.steps.find(({ kind }) => kind === 'output')?.result).not.toHaveProperty('score');
    }
  });

  it('asks nobody at the cost limit of a task', async () => {
    start(1);
    const free = await drafted('Dear Ada');
    expect(free.state).toBe('succeeded');
    await desk.close();
    // The agent's own call goes; the worst case of one more does not.
    start(1, `\n  limits: { cost: ${Math.max(free.costUsd / 2, 1e-9)} }`);
    const task = await drafted('Dear Ada');
    expect(task).toMatchObject({ state: 'succeeded', waitKind: null });
    expect(task.steps.some(({ kind }) => kind === 'ask')).toBe(false);
  });
});
