import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import type { Spend } from '#contract/integration.ts';
import type { Provider, ProviderEvent, Route } from '#contract/provider.ts';
import type { RuntimeEvent } from '#contract/runtime.ts';
import type { Settings } from '#contract/settings.ts';
import type { ModelCall, TaskError } from '#contract/task.ts';
import type { Committer } from '../../store/committer.ts';
import { prepareIntegrations } from '../../store/integration.ts';
import type { Control } from '../../store/lane.ts';
import type { Database } from '../../store/open.ts';
import { prepareProviderEvents } from '../../store/provider-event.ts';
import { prepareSpend } from '../../store/spend.ts';
import type { Tasks } from '../../store/task.ts';
import { hopOf } from '../guard/route.ts';
import { createBudgets, DESK, type Scope } from './budgets.ts';
import type { Engine } from './engine.ts';
import { createGate } from './gate.ts';
import { createIntakeKeeper } from './intake-keeper.ts';
import { createIntegrationDesk } from './integration-desk.ts';
import { budgetOf, hopsOf, type Lane } from './lane.ts';
import type { Pool } from './pool.ts';
import type { GateQuestion, ToolCalled } from './protocol.ts';
import { createProviderDesk } from './provider-desk.ts';
import { parentOf, type Running } from './running.ts';
import type { AttemptEnd } from './settle.ts';

/** What the engine asks of the guards, and tells them. */
export type EngineGuards = {
  /** A task asks to pass the gate; what it wrote before is on the disk. */
  asked(run: Running, question: GateQuestion): void;
  /** A tool call of it ended. */
  toolCalled(run: Running, message: ToolCalled): void;
  /** Inside the commit of a model call's entry: what it cost. */
  spent(run: Running, call: ModelCall): void;
  /** After that commit. */
  called(run: Running, call: ModelCall, error: TaskError | null): void;
  /** After the commit of an attempt's end. */
  left(run: Running, end: AttemptEnd): void;
  /** What a deferred attempt missed came back before its end was written: waiting for it would be forever. */
  wouldServe(run: Running, end: AttemptEnd): boolean;
  probes(lane: Lane): boolean;
  takeProbes(agent: string, task: number): string[];
};

export type GuardsOptions = {
  db: Database;
  committer: Committer;
  control: Control;
  tasks: Tasks;
  settings(): Settings;
  engine(): Engine;
  pool(): Pool;
  now(): number;
  emit(event: RuntimeEvent): void;
  onIntake(agent: string, text: string, by: Actor): void;
  audit: AuditWrite;
  onDiskRefused(error: unknown): void;
};

/** Everything that stands between a task and the world: providers, budgets, integrations, the gate, the desk's hand on intakes. */
export function createGuards(options: GuardsOptions) {
  const { control, now, settings } = options;
  const providerEvents = prepareProviderEvents(options.db);
  const stored = prepareIntegrations(options.db);
  const spending = prepareSpend(options.db);

  let diskTakes = true;

  function keep(work: () => void): void {
    options.committer.commit(work).catch((error: unknown) => options.onDiskRefused(error));
  }

  /** Agents whose route names a provider. */
  function routedOver(provider: string): string[] {
    const lanes = [...options.engine().lanes.values()];
    return lanes.flatMap(({ agent, definition }) =>
      definition?.model.some((reference) => hopOf(reference).provider === provider) ? [agent] : [],
    );
  }

  const providers = createProviderDesk({
    now,
    settings,
    persist: (name, body) => keep(() => control.writeProvider(name, body)),
    onChange(provider) {
      options.emit({ kind: 'provider', provider });
      gate.wake();
    },
    onEvent: (event) => keep(() => providerEvents.write(event)),
    onServing(provider, state) {
      options.engine().promoteDeferred(routedOver(provider), state === 'closed' ? Number.POSITIVE_INFINITY : 1);
      gate.wake();
    },
    atGate: (name) => gate.waitingFor(name),
  });

  const budgets = createBudgets({
    spending,
    now,
    settings,
    budgetOf: (agent) => budgetOf(options.engine().laneOf(agent)),
    onLevel(spend) {
      options.emit({ kind: 'spend', spend });
      if (spend.level !== 'reached') options.engine().promoteBudget();
      keeper.look();
    },
    onSpent: () => gate.wake(),
  });

  const integrations = createIntegrationDesk({
    now,
    persist: (name, body) => keep(() => stored.write(name, body)),
    onChange(integration) {
      options.emit({ kind: 'integration', integration });
      keeper.look();
    },
    onRefused: (refused) => options.pool().tellAll({ t: 'integrations', refused }),
    onServing: (_name, state, agents) =>
      options.engine().promoteDeferred(agents, state === 'closed' ? Number.POSITIVE_INFINITY : 1),
  });

  /** Its agent, and those of the tasks that spawned it: none evades its budget by having others work. */
  function payers(run: Running): Scope[] {
    const agents = new Set([run.agent]);
    for (const each of ancestors(run)) agents.add(each.agent);
    return [...agents].map((name) => ({ scope: 'agent', name }));
  }

  function ancestors(run: Running): { task: number; agent: string }[] {
    const found: { task: number; agent: string }[] = [];
    for (let task = run.parent; task !== null && found.length < 100; ) {
      const row = options.tasks.full(task);
      if (!row) break;
      found.push({ task, agent: row.agent });
      task = parentOf(row.origin);
    }
    return found;
  }

  const gate = createGate({
    laneOf: (agent) => options.engine().laneOf(agent),
    providers,
    budgets,
    settings,
    payers,
    now,
    diskTakes: () => diskTakes,
    answer(run, verdict) {
      const worker = options.pool().get(run.worker);
      if (!worker) return;
      options.pool().post(worker, { t: 'pass', task: run.id, epoch: run.epoch, verdict });
      options.pool().flush();
    },
  });

  const keeper = createIntakeKeeper({
    engine: options.engine,
    control,
    budgets,
    integrations,
    providers,
    now,
    audit: options.audit,
    onDone: options.onIntake,
  });

  function scopesOf(run: Running, provider: string): Scope[] {
    return [...payers(run), { scope: 'provider', name: provider }, DESK];
  }

  function costOf(call: ModelCall) {
    return { usd: call.costUsd, tokens: call.tokensIn + call.tokensOut };
  }

  // Before any definition names one: what was open stays open.
  integrations.load(stored.all());

  const engineGuards: EngineGuards = {
    asked: gate.ask,
    toolCalled: (run, { integration, effect, error }) => integrations.report(integration, run.agent, effect, error),
    spent(run, call) {
      budgets.write(scopesOf(run, call.provider), costOf(call));
      for (const { task } of ancestors(run)) spending.addToParent(task, call.costUsd);
    },
    called(run, call, error) {
      budgets.settle(run.id, call.provider, scopesOf(run, call.provider), costOf(call));
      for (const { task } of ancestors(run)) {
        const parent = options.engine().running.get(task);
        if (parent) parent.childrenUsd += call.costUsd;
      }
      providers.ended(call.provider);
      providers.report(call.provider, error);
      gate.wake();
    },
    left(run, end) {
      gate.leave(run);
      integrations.leave(run.id);
      if (end.kind === 'deferred' && end.integration !== null) integrations.met(end.integration, run.agent);
    },
    wouldServe(run, end) {
      if (end.kind !== 'deferred' || end.waitKind === 'budget') return false;
      if (end.integration !== null) return !integrations.refuses(end.integration);
      const lane = options.engine().laneOf(run.agent);
      const hops = end.model === null ? hopsOf(lane, run.definition, run.id) : [hopOf(end.model)];
      return hops.some((hop) => providers.usable(hop.provider) && providers.serves(hop.provider));
    },
    probes(lane) {
      const name = /^critical:(.*)$/.exec(lane.control.intake_reason ?? '')?.[1];
      return name !== undefined && integrations.wantsProbe(name, lane.agent);
    },
    takeProbes: (agent, task) => integrations.takeProbes(agent, task),
  };

  function routeOf(lane: Lane): Route[] {
    if (lane.definition === null) return [];
    return [
      {
        agent: lane.agent,
        reroutedTo: lane.control.route_to,
        hops: hopsOf(lane, lane.definition).map(({ provider, model }) => ({
          provider,
          model,
          state: hopState(
            providers.get(provider),
            budgets.reachedSince({ scope: 'provider', name: provider }) !== null,
          ),
          share: providers.get(provider)?.share ?? 0,
          calls: lane.calls.get(provider) ?? 0,
        })),
      },
    ];
  }

  return {
    engineGuards,
    providers,
    integrations,
    keeper,
    gate,
    /** Workers that are ready know what refuses; a new one is told. */
    refused: integrations.refused,
    spends(): Spend[] {
      const agents = [...options.engine().lanes.values()].filter((lane) => lane.definition !== null);
      return [
        budgets.spend(DESK),
        ...agents.map((lane) => budgets.spend({ scope: 'agent', name: lane.agent })),
        ...providers.list().map((provider) => budgets.spend({ scope: 'provider', name: provider.name })),
      ];
    },
    providerEvents: (provider: string | undefined, limit: number): ProviderEvent[] =>
      providerEvents.list(provider, limit),
    routes: (): Route[] => [...options.engine().lanes.values()].flatMap(routeOf),
    /** Limits, prices or budgets changed, by settings, an agent's file or a person. */
    changed(): void {
      budgets.look();
      keeper.look();
      gate.wake();
    },
    /** The data folder refuses writes, or takes them again. */
    onDisk(takes: boolean): void {
      if (takes === diskTakes) return;
      diskTakes = takes;
      gate.wake();
    },
    /** The clock was put on, or set back (below 0). */
    clockJumped(byMs: number): void {
      providers.clockJumped(byMs);
      integrations.clockJumped(byMs);
      budgets.look();
      gate.wake();
    },
    /** At the start: memory from the disk. */
    load(): void {
      budgets.load();
      // Budgets may have been raised, or the day have turned, meanwhile.
      options.engine().promoteBudget();
    },
    close(): void {
      gate.close();
      budgets.close();
      integrations.close();
      providers.close();
    },
  };
}
export type Guards = ReturnType<typeof createGuards>;

function hopState(provider: Provider | undefined, spent: boolean): Route['hops'][number]['state'] {
  if (!provider?.configured) return 'no-key';
  if (provider.breaker === 'open') return 'breaker-open';
  if (provider.cooldownUntil !== null) return 'cooling-down';
  if (spent) return 'budget-spent';
  if (provider.breaker === 'half-open') return 'probing';
  return provider.share < 1 ? 'returning' : 'serves';
}
