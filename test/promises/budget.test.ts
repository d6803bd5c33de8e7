import { afterEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import type { Spend } from '#contract/integration.ts';
import { type GuardDesk, startGuarded } from '../support/guard.ts';
import { until } from '../support/until.ts';

const me: Actor = { name: 'ada', via: 'cli' };
let desk: GuardDesk;
afterEach(() => desk.close());

const lane = (agent: string) => desk.runner.snapshot().lanes.find((each) => each.agent === agent);
const spend = (scope: Spend['scope'], name: string) =>
  desk.runner.snapshot().spends.find((each) => each.scope === scope && each.name === name);

describe('a daily budget', () => {
  it('counts each call for its agent, its provider and the desk, and outlives the desk', async () => {
    desk = startGuarded();
    await desk.end(await desk.submit('spender', { turns: 2 }));
    for (const of of [spend('agent', 'spender'), spend('provider', 'alpha'), spend('desk', 'desk')]) {
      expect(of).toMatchObject({ tokens: 300, reservedUsd: 0, level: 'fine' });
      expect(of?.usd).toBeCloseTo(0.3);
    }
    const { folder } = desk;
    await desk.close();
    desk = startGuarded({}, { folder });
    expect(spend('agent', 'spender')).toMatchObject({ tokens: 300 });
  });

  it('warns at 80 %, and at 100 % the intake closes: the task in flight finishes, the next one waits', async () => {
    desk = startGuarded({ budget: { daily: 1 } });
    const levels: string[] = [];
    const texts: string[] = [];
    desk.runner.watch((events) => {
      for (const event of events) {
        if (event.kind === 'spend' && event.spend.scope === 'desk') levels.push(event.spend.level);
        if (event.kind === 'intervention') texts.push(event.text);
      }
    });
    // Twelve calls of $0.10: it passes the budget on its way, and is let finish.
    const long = await desk.end(await desk.submit('spender', { turns: 11 }));
    expect(long).toMatchObject({ state: 'succeeded' });
    expect(long.costUsd).toBeCloseTo(1.2);
    expect(levels).toEqual(['warned', 'reached']);
    await until(() => lane('spender')?.intake === 'draining');
    expect(texts).toContain("Nightdesk closed spender: today's budget is spent");

    const next = await desk.submit('spender', {});
    expect(lane('spender')).toMatchObject({ queued: 1, running: 0 });
    // Raised, it opens by itself, and what waited goes on.
    desk.set({ budget: { daily: 50 } });
    expect(await desk.end(next)).toMatchObject({ state: 'succeeded' });
    expect(lane('spender')).toMatchObject({ intake: 'open' });
  });

  it('a task that meets it waits for the next day with the reason, and comes back when the budget is raised', async () => {
    // Less than one call may cost.
    desk = startGuarded({ budget: { daily: 0.05 } });
    const id = await desk.submit('spender', {});
    const waiting = await desk.when(id, (task) => task.state === 'waiting');
    expect(waiting).toMatchObject({ waitKind: 'budget', attempts: 1, costUsd: 0 });
    expect(waiting.reason).toContain("is left of today's budget of the whole desk ($0.05)");
    expect(waiting.runAt).toBe((Math.floor(Date.now() / 86_400_000) + 1) * 86_400_000);
    desk.set({ budget: { daily: 5 } });
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded' });
  });

  it('begins again at midnight UTC by itself', async () => {
    desk = startGuarded({ budget: { daily: 0.05 } });
    const id = await desk.submit('spender', {});
    const waiting = await desk.when(id, (task) => task.waitKind === 'budget');
    const midnight = waiting.runAt ?? 0;
    const { folder } = desk;
    await desk.close();

    // The same desk, a second before midnight: it meets the budget, and once more the day after.
    const skew = midnight - 1_000 - Date.now();
    desk = startGuarded({ budget: { daily: 0.05 } }, { folder, now: () => Date.now() + skew });
    await desk.when(id, (task) => task.waitKind === 'budget' && task.runAt === midnight + 86_400_000);
  });

  it('is never passed by calls side by side: each waits at the gate while those before may still spend it', async () => {
    // Room for the worst case of about three calls at once, and for ten of what they really cost.
    desk = startGuarded({ budget: { daily: 0.5 } });
    const ids = await Promise.all(Array.from({ length: 8 }, () => desk.submit('spender', { latencyMs: 30 })));
    const tasks = await Promise.all(
      ids.map((id) => desk.when(id, (task) => task.endedAt !== null || task.waitKind === 'budget')),
    );
    expect(tasks.filter((task) => task.state === 'succeeded').length).toBeGreaterThanOrEqual(3);
    expect(spend('desk', 'desk')?.usd).toBeLessThanOrEqual(0.5);
  });

  it('of one provider sends the work to the next', async () => {
    desk = startGuarded({ providers: { alpha: { budget: { daily: 0.05 } } } });
    expect(await desk.end(await desk.submit('spender', {}))).toMatchObject({ state: 'succeeded', model: 'beta/b' });
    expect(lane('spender')?.intake).toBe('open');
    expect(desk.runner.routes().find((route) => route.agent === 'spender')?.hops).toMatchObject([
      { provider: 'alpha', state: 'budget-spent' },
      { provider: 'beta', state: 'serves', calls: 1 },
    ]);
  });

  it('of tokens closes as one of money does', async () => {
    desk = startGuarded({ budget: { tokens: 250 } });
    await desk.end(await desk.submit('spender', { turns: 2 }));
    expect(spend('desk', 'desk')).toMatchObject({ tokens: 300, level: 'reached' });
  });

  it('closed by the desk is opened by a person, and stays so; closed by a person it is not opened by the desk', async () => {
    desk = startGuarded({ budget: { daily: 0.1 } });
    await desk.when(await desk.submit('spender', {}), (task) => task.waitKind === 'budget');
    await until(() => lane('spender')?.intake === 'draining');
    await desk.runner.execute({ verb: 'resume', agent: 'spender' }, 'person-resumes', me);
    const second = await desk.submit('spender', {});
    await desk.when(second, (task) => task.waitKind === 'budget');
    expect(lane('spender')?.intake).toBe('open');

    await desk.runner.execute({ verb: 'pause', agent: 'spender' }, 'person-pauses', me);
    desk.set({ budget: { daily: 9 } });
    await until(() => lane('spender')?.queued === 2);
    expect(lane('spender')?.intake).toBe('paused');
  });

  it('of an agent is set by an action for a while, and set back', async () => {
    desk = startGuarded();
    const plan = desk.runner.plan({ verb: 'set', agent: 'thrifty', budgetUsd: 0.05, concurrency: 2 });
    expect(plan).toMatchObject({
      ok: true,
      value: {
        willChange: 'Concurrency of thrifty: 8 → 2. Running tasks go on. Budget of thrifty: $10 a day → $0.05 a day',
        undo: { verb: 'set', agent: 'thrifty', budgetUsd: null, concurrency: null },
        command: 'nightdesk set thrifty --concurrency 2 --budget 0.05',
      },
    });
    const set = { verb: 'set', agent: 'thrifty', budgetUsd: 0.05, concurrency: 2 } as const;
    const done = await desk.runner.execute(set, 'set-thrifty', me);
    if (!done.ok) throw new Error(done.error.message);
    expect(desk.runner.verify(done.value)).toMatchObject({ state: 'applied' });
    expect(desk.runner.snapshot().interventions).toMatchObject([{ verb: 'set', to: '2 at a time, $0.05 a day' }]);
    const id = await desk.submit('thrifty', {});
    await desk.when(id, (task) => task.waitKind === 'budget');

    const { folder } = desk;
    await desk.close();
    desk = startGuarded({}, { folder });
    expect(spend('agent', 'thrifty')).toMatchObject({ budgetUsd: 0.05 });
    await desk.runner.execute({ ...set, budgetUsd: null, concurrency: null }, 'set-back', me);
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded' });
    expect(desk.runner.snapshot().interventions).toEqual([]);
  });
});

describe('a task’s own cost limit', () => {
  it('lets it finish its step, then parks it with what is done; raised, it goes on', async () => {
    desk = startGuarded();
    const id = await desk.submit('limited', { turns: 7 });
    const parked = await desk.when(id, (task) => task.waitKind === 'person');
    expect(parked.costUsd).toBeCloseTo(0.5);
    const [question] = desk.runner.people.questions({ open: true, task: id, limit: 10 });
    expect(question).toMatchObject({
      kind: 'limit',
      details: { limitUsd: 0.5, remaining: 'model call 6' },
    });
    expect(JSON.stringify(question?.details)).toContain('model call 5');
    const low = await desk.runner.people.answer(question?.id ?? 0, { choice: 'raise', value: 0.4 }, me);
    expect(low).toMatchObject({ ok: false, error: { code: 'BAD_INPUT', where: 'value' } });
    const raised = await desk.runner.people.answer(question?.id ?? 0, { choice: 'raise', value: 0.7 }, me);
    expect(raised.ok).toBe(true);
    // Two calls more, and it is asked again.
    const again = await desk.when(id, (task) => task.waitKind === 'person' && task.attempts === 2);
    expect(again.costUsd).toBeCloseTo(0.7);
    const [second] = desk.runner.people.questions({ open: true, task: id, limit: 10 });
    await desk.runner.people.answer(second?.id ?? 0, { choice: 'raise', value: 5 }, me);
    const done = await desk.end(id);
    expect(done).toMatchObject({ state: 'succeeded', limits: { costUsd: 5 } });
    expect(done.costUsd).toBeCloseTo(0.8);
  });

  it('ends the task when a person stops it', async () => {
    desk = startGuarded();
    const id = await desk.submit('limited', { turns: 20 });
    await desk.when(id, (task) => task.waitKind === 'person');
    const [question] = desk.runner.people.questions({ open: true, task: id, limit: 10 });
    await desk.runner.people.answer(question?.id ?? 0, { choice: 'stop' }, me);
    expect(await desk.end(id)).toMatchObject({ state: 'failed', error: { class: 'limit' }, attempts: 2 });
  });
});

describe('what a spawned task spends', () => {
  it('counts for the budget of its parent’s agent, and for the cost limit of its parent', async () => {
    desk = startGuarded();
    const id = await desk.submit('parent', {});
    // The child costs $0.40, more than the parent may; the parent stops at its own next call.
    const parked = await desk.when(id, (task) => task.waitKind === 'person');
    expect(parked.costUsd).toBe(0);
    const [question] = desk.runner.people.questions({ open: true, task: id, limit: 10 });
    expect(question).toMatchObject({ kind: 'limit', details: { limitUsd: 0.35 } });
    expect(spend('agent', 'spender')?.usd).toBeCloseTo(0.4);
    expect(spend('agent', 'parent')?.usd).toBeCloseTo(0.4);
    // Once only for the whole desk.
    expect(spend('desk', 'desk')?.usd).toBeCloseTo(0.4);
    await desk.runner.people.answer(question?.id ?? 0, { choice: 'raise', value: 1 }, me);
    expect(await desk.end(id)).toMatchObject({ state: 'succeeded', output: { child: 'succeeded' } });
  });
});
