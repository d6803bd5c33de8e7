import { type Action, commandOf, type Intervention, type Receipt } from '#contract/action.ts';
import type { Actor, Json } from '#contract/basic.ts';
import { fail, succeed } from '#contract/errors.ts';
import type { Provider } from '#contract/provider.ts';
import type { Lane, Runtime, RuntimeEvent } from '#contract/runtime.ts';
import type { TaskDetail, TaskState } from '#contract/task.ts';

/** A runtime in memory that behaves as the contract says: leases, keys, plans that go stale, effects that take time. */
export type TestRuntime = Runtime & {
  lane(agent: string): Lane;
  setLane(agent: string, change: Partial<Lane>): void;
  setBreaker(provider: string, breaker: Provider['breaker']): void;
  /** While true, what is accepted does not take effect. */
  sluggish: boolean;
  /** Throws from the next execute, after the action landed (`after`) or before it did. */
  crashNext: 'before' | 'after' | null;
  /** A task that `run` submitted; the same key is one. @returns its id */
  addTask(agent: string, input: Json, key: string): string;
  endTask(id: string, state: 'succeeded' | 'failed', output: Json): void;
  /** How many dead letters a requeue takes. */
  deadLetters: number;
  /** Every execute that did something, in order. */
  executed: { action: Action; key: string; by: Actor }[];
};

export function createTestRuntime(setup: {
  agents: Record<string, { route: string[]; running?: number; queued?: number }>;
  providers: string[];
  now(): number;
}): TestRuntime {
  const lanes = new Map<string, Lane>();
  for (const [agent, { route, running = 0, queued = 0 }] of Object.entries(setup.agents)) {
    lanes.set(agent, { agent, intake: 'open', intakeUntil: null, route, queued, running, waiting: 0 });
  }
  const providers = new Map(setup.providers.map((name) => [name, providerNamed(name)]));
  const interventions = new Map<string, Intervention>();
  const receipts = new Map<string, Receipt>();
  const waiting: Action[] = [];
  const shares = new Map<string, number>();
  const tasks = new Map<string, { key: string; state: TaskState; output: Json | null }>();
  const listeners = new Set<(events: RuntimeEvent[]) => void>();

  const tell = (event: RuntimeEvent): void => {
    for (const listener of listeners) listener([event]);
  };

  function expire(): void {
    for (const [id, lease] of interventions) {
      if (lease.until === null || setup.now() < lease.until) continue;
      interventions.delete(id);
      apply(lease.undo, lease.by);
    }
  }

  function lane(agent: string): Lane {
    const found = lanes.get(agent);
    if (found === undefined) throw new Error(`no lane ${agent}`);
    return found;
  }

  function setLane(agent: string, change: Partial<Lane>): void {
    lanes.set(agent, { ...lane(agent), ...change });
    tell({ kind: 'lane', lane: lane(agent) });
  }

  function lease(action: Extract<Action, { verb: 'pause' | 'drain' | 'reroute' }>, by: Actor): void {
    const kind = action.verb === 'reroute' ? 'route' : 'intake';
    const undo: Action =
      action.verb === 'reroute'
        ? { verb: 'reroute', agent: action.agent, to: 'default' }
        : { verb: 'resume', agent: action.agent };
    const since = setup.now();
    const until = action.forMs === undefined ? null : since + action.forMs;
    const to = action.verb === 'reroute' ? action.to : null;
    const id = `${action.agent}:${kind}`;
    interventions.set(id, { id, verb: action.verb, agent: action.agent, to, by, since, until, undo });
  }

  function apply(action: Action, by: Actor): void {
    switch (action.verb) {
      case 'pause':
      case 'drain':
        lease(action, by);
        setLane(action.agent, { intake: action.verb === 'pause' ? 'paused' : 'draining' });
        return;
      case 'resume':
        interventions.delete(`${action.agent}:intake`);
        setLane(action.agent, { intake: 'open' });
        return;
      case 'reroute':
        if (action.to === 'default') {
          interventions.delete(`${action.agent}:route`);
          setLane(action.agent, { route: setup.agents[action.agent]?.route ?? [] });
          return;
        }
        lease(action, by);
        shares.set(action.agent, action.share ?? 1);
        setLane(action.agent, { route: [action.to, ...lane(action.agent).route.filter((one) => one !== action.to)] });
        return;
      case 'cancel':
      case 'retry':
      case 'set':
      case 'reset':
      case 'requeue':
        return;
    }
  }

  const planHash = (agent: string): string => JSON.stringify([lane(agent).intake, lane(agent).route]);

  function plan(action: Action): ReturnType<Runtime['plan']> {
    if (action.verb === 'requeue' || action.verb === 'cancel' || action.verb === 'retry' || action.verb === 'reset') {
      const reach = action.verb === 'requeue' ? runtime.deadLetters : 1;
      const words = { willChange: action.verb, touches: `${reach}`, headroom: null, undoneBy: 'nothing', undo: null };
      return succeed({ action, ...words, command: commandOf(action), hash: action.verb, reach });
    }
    if (!('agent' in action) || !lanes.has(action.agent)) {
      return fail('NOT_FOUND', 'There is no such agent.', { kept: 'Nothing was changed.', todo: 'See the agents.' });
    }
    if (action.verb === 'reroute' && action.to !== 'default' && !providers.has(action.to)) {
      return fail('BAD_INPUT', `${action.to} is not in the route.`, {
        kept: 'Nothing was changed.',
        todo: 'See the route.',
      });
    }
    const { running, queued } = lane(action.agent);
    const undo: Action | null =
      action.verb === 'pause' || action.verb === 'drain'
        ? { verb: 'resume', agent: action.agent }
        : action.verb === 'reroute'
          ? { verb: 'reroute', agent: action.agent, to: 'default' }
          : null;
    return succeed({
      action,
      willChange: `${action.verb} ${action.agent}`,
      touches: `${running} running, ${queued} queued`,
      headroom: null,
      undoneBy: undo === null ? 'nothing' : commandOf(undo),
      undo,
      command: commandOf(action),
      hash: planHash(action.agent),
    });
  }

  const runtime: TestRuntime = {
    sluggish: false,
    crashNext: null,
    executed: [],
    deadLetters: 3,
    addTask(agent, _input, key) {
      const known = [...tasks].find(([, task]) => task.key === key);
      if (known !== undefined) return known[0];
      const id = `t${tasks.size + 1}`;
      tasks.set(id, { key, state: 'running', output: null });
      setLane(agent, {});
      return id;
    },
    endTask(id, state, output) {
      const task = tasks.get(id);
      if (task !== undefined) tasks.set(id, { ...task, state, output });
    },
    lane,
    setLane,
    setBreaker: (name, breaker) => {
      const provider = { ...(providers.get(name) ?? providerNamed(name)), breaker };
      providers.set(name, provider);
      tell({ kind: 'provider', provider });
    },
    describe: async () => ({ runtime: 'test', version: '1', capabilities: [] }),
    snapshot: () => {
      expire();
      return {
        agents: [],
        lanes: [...lanes.values()],
        providers: [...providers.values()],
        interventions: [...interventions.values()],
        integrations: [],
        spends: [],
        looping: [],
        workers: { wanted: 0, youngDeaths: 0 },
      };
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    task: (id) => {
      const task = tasks.get(id);
      if (task !== undefined) return succeed(taskDetail(id, task));
      return fail('NOT_FOUND', 'There is no such task.', { kept: 'Nothing was changed.', todo: 'See the tasks.' });
    },
    tasks: () => ({ tasks: [], next: null, total: 0, totalCap: 0 }),
    plan,
    execute: async (action, key, by, hash) => {
      const before = receipts.get(key);
      if (before !== undefined) return succeed({ ...before, repeated: true });
      if (runtime.crashNext === 'before') {
        runtime.crashNext = null;
        throw new Error('the desk died before the action landed');
      }
      const planned = plan(action);
      if (!planned.ok) return planned;
      if (hash !== undefined && hash !== planned.value.hash) {
        return fail('CONFLICT', 'The state changed since the plan.', {
          kept: 'Nothing was changed.',
          todo: 'Plan again.',
        });
      }
      const receipt: Receipt = { key, action, acceptedAt: setup.now(), repeated: false };
      receipts.set(key, receipt);
      runtime.executed.push({ action, key, by });
      if (runtime.sluggish) waiting.push(action);
      else apply(action, by);
      if (runtime.crashNext === 'after') {
        runtime.crashNext = null;
        throw new Error('the desk died after the action landed');
      }
      return succeed(receipt);
    },
    verify: ({ action }) => {
      if (!runtime.sluggish) for (const late of waiting.splice(0)) apply(late, { name: 'test', via: 'desk' });
      return 'agent' in action && action.verb !== 'requeue'
        ? outcomeOf(action, lane(action.agent))
        : { state: 'applied', evidence: 'cancelled' };
    },
  };
  return runtime;
}

function outcomeOf(action: Extract<Action, { agent: string }>, lane: Lane): ReturnType<Runtime['verify']> {
  if (action.verb === 'set') return { state: 'applied', evidence: 'in force' };
  const wanted = { pause: 'paused', drain: 'draining', resume: 'open', reroute: null }[action.verb];
  const applied =
    action.verb === 'reroute' ? action.to === 'default' || lane.route[0] === action.to : lane.intake === wanted;
  const evidence = action.verb === 'reroute' ? `${lane.route[0]} serves` : `intake ${lane.intake}`;
  return { state: applied ? 'applied' : 'pending', evidence };
}

function taskDetail(
  id: string,
  { key, state, output }: { key: string; state: TaskState; output: Json | null },
): TaskDetail {
  return {
    ...{
      id,
      agent: 'triage',
      key,
      state,
      output,
      input: null,
      error: null,
      reason: null,
      waitKind: null,
      priority: 0,
    },
    ...{ attempts: 1, acceptedAt: 0, startedAt: 0, endedAt: null, runAt: null, costUsd: 0, tokensIn: 0, tokensOut: 0 },
    ...{ marks: [], model: null, definition: '', origin: null, offspring: [], doubts: [], attemptList: [], steps: [] },
    limits: { attempts: 1, timeoutMs: 0, costUsd: null },
  };
}

function providerNamed(name: string): Provider {
  return {
    name,
    kind: 'rehearsal',
    configured: true,
    rehearsal: true,
    breaker: 'closed',
    since: 0,
    probeAt: null,
    calls: 0,
    errors: 0,
    failedInRow: 0,
    lastHour: { calls: 0, errors: [] },
    lastError: null,
    fault: null,
    cooldownUntil: null,
    share: 1,
    inFlight: 0,
    atGate: 0,
    concurrency: null,
    rate: null,
  };
}
