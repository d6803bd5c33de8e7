import type { Severity } from '#contract/alert.ts';
import type { Integration, Spend } from '#contract/integration.ts';
import type { Provider } from '#contract/provider.ts';
import type { RuntimeSnapshot } from '#contract/runtime.ts';
import { type AlertEvent, breakerEvent } from './life.ts';
import { shipped } from './shipped.ts';

/*
 * What fires: each rule reads live state and says of its subjects whether it holds. Pure. To add a rule, give it a line
 * in shipped.ts and the signals that feed it.
 */

export { ALERT_RULES, type AlertRule, shipped } from './shipped.ts';

/** What a rule says of one subject now. */
export type Signal = {
  /** Its name, as runbooks match it: of ALERT_RULES, or of a file. */
  rule: string;
  /** Signals of one kind about one subject, type and objective make one alert; the worst that holds speaks. */
  kind: string;
  severity: Severity;
  /** It must hold this long before it fires, ms. */
  forMs: number;
  /** An agent, a provider, a queue: what it is about. */
  subject: string;
  /** Where it is about one type of task or one objective of the subject alone. */
  type?: string;
  objective?: string;
  event: AlertEvent;
  /** Title of the incident, and summary of the alert. */
  title: string;
  /** What the timeline says when it fires and when it is over. */
  fires: string;
  clears: string;
  /** Whom it concerns, the most concerned first. */
  agents: string[];
  labels: Record<string, string>;
  value: string;
  error: string | null;
};

/** A part of health that judges: asked once a second. What it no longer speaks of stays as it was. */
export type SignalSource = { signals(now: number): Signal[] };

/** Workers that died so often one after the other, each soon after its start, are in a crash loop. */
const CRASH_LOOP = 3;

/** Everything that the rules say of a runtime now. */
export function signalsOf(snapshot: RuntimeSnapshot): Signal[] {
  return [
    ...snapshot.providers.map((provider) => providerSignal(provider, snapshot)),
    ...snapshot.integrations.map((integration) => integrationSignal(integration, snapshot)),
    ...snapshot.spends.flatMap((spend) => spendSignals(spend, snapshot)),
    ...snapshot.agents.map((agent) => loopingSignal(agent.name, snapshot)),
    workersSignal(snapshot),
  ];
}

/** What an agent hangs on, by subject of the breaker rules: the provider that its route starts with, and its integrations. */
export function causesIn({ agents, integrations }: RuntimeSnapshot, name: string): string[] {
  const agent = agents.find((each) => each.name === name);
  if (agent === undefined) return [];
  const provider = agent.route[0]?.split('/')[0];
  const reached = integrations.filter(({ criticalTo }) => criticalTo.includes(name)).map((each) => each.name);
  return provider === undefined ? reached : [provider, ...reached];
}

/** `first and 2 more`; `no agent` for nobody. */
function named([first = 'no agent', ...others]: string[]): string {
  return others.length > 0 ? `${first} and ${others.length} more` : first;
}

/** Agents that are routed over a provider, those that start with it and have most to do first. */
function routedOver(provider: string, { agents, lanes }: RuntimeSnapshot): string[] {
  const load = new Map(lanes.map((lane) => [lane.agent, lane.queued + lane.running + lane.waiting]));
  const weight = (route: string[], name: string): number =>
    (route[0]?.startsWith(`${provider}/`) ? 1_000_000 : 0) + (load.get(name) ?? 0);
  return agents
    .filter((agent) => agent.route.some((model) => model.startsWith(`${provider}/`)))
    .toSorted((a, b) => weight(b.route, b.name) - weight(a.route, a.name))
    .map((agent) => agent.name);
}

export function providerSignal(provider: Provider, snapshot: RuntimeSnapshot): Signal {
  const agents = routedOver(provider.name, snapshot);
  return {
    ...shipped('provider-breaker-open'),
    subject: provider.name,
    event: breakerEvent(provider.breaker),
    title: `${provider.name} is down: ${named(agents)} affected`,
    fires: `breaker of ${provider.name} opens`,
    clears: `breaker of ${provider.name} closed`,
    agents,
    labels: { provider: provider.name, agent: agents[0] ?? 'no agent' },
    value: whyOpen(provider),
    error: provider.lastError?.message ?? null,
  };
}

/** After its last refusal a provider is taken to limit calls for so long: calls come back in bursts, ms. */
const LIMITED_MS = 60_000;

/** Providers that refuse calls as too many: that is no outage, and no breaker opens. */
export function limitSignals(snapshot: RuntimeSnapshot, now: number): Signal[] {
  return snapshot.providers.map((provider) => {
    const { name, cooldownUntil, lastError, atGate } = provider;
    const refusedAt = lastError?.status === 429 ? lastError.at : Number.NEGATIVE_INFINITY;
    const agents = routedOver(name, snapshot);
    return {
      ...shipped('provider-rate-limited'),
      subject: name,
      event: cooldownUntil !== null || now - refusedAt < LIMITED_MS ? 'holds' : 'cleared',
      title: `${name} limits calls: ${named(agents)} affected`,
      fires: `${name} refuses calls as too many`,
      clears: `${name} takes calls again`,
      agents,
      labels: { provider: name, agent: agents[0] ?? 'no agent' },
      value: `${atGate} wait for ${name}`,
      error: lastError?.message ?? null,
    };
  });
}

/** What the breaker saw: failures one after the other, or their share among many calls. */
function whyOpen({ calls, errors, failedInRow }: Provider): string {
  const rate = shareText(calls, errors);
  return failedInRow > 1 ? `${failedInRow} calls failed in a row; ${rate}` : rate;
}

function shareText(calls: number, errors: number): string {
  if (calls === 0) return 'no calls in 1 min';
  return `${Math.round((errors / calls) * 100)} % errors of ${calls} ${calls === 1 ? 'call' : 'calls'} in 1 min`;
}

export function integrationSignal(integration: Integration, { agents }: RuntimeSnapshot): Signal {
  const { name, criticalTo } = integration;
  const prefix = name.startsWith('mcp:') ? `${name}/` : `${name}.`;
  const users = agents.filter((agent) => agent.tools.some((tool) => tool === name || tool.startsWith(prefix)));
  const concerned = [...new Set([...criticalTo, ...users.map((agent) => agent.name)])];
  return {
    ...shipped('integration-breaker-open'),
    subject: name,
    event: breakerEvent(integration.breaker),
    title: `${name} does not answer: ${named(concerned)} affected`,
    fires: `breaker of ${name} opens`,
    clears: `breaker of ${name} closed`,
    agents: concerned,
    labels: { integration: name, agent: concerned[0] ?? 'no agent' },
    value: shareText(integration.calls, integration.errors),
    error: integration.lastError?.message ?? null,
  };
}

export function spendSignals(spend: Spend, snapshot: RuntimeSnapshot): Signal[] {
  const { scope, name, level } = spend;
  const whose = scope === 'desk' ? 'the whole desk' : `${scope} ${name}`;
  const agents =
    scope === 'agent'
      ? [name]
      : scope === 'provider'
        ? routedOver(name, snapshot)
        : snapshot.agents.map((agent) => agent.name);
  const common = {
    subject: `${scope}:${name}`,
    agents,
    labels: { scope, name, agent: agents[0] ?? 'no agent' },
    value: spendText(spend),
    error: null,
  };
  return [
    {
      ...common,
      ...shipped('budget-80'),
      // Once all is spent, the other rule speaks.
      event: level === 'warned' ? 'holds' : level === 'reached' ? 'uncertain' : 'cleared',
      title: `80 % of today's budget of ${whose} is spent`,
      fires: `80 % of the budget of ${whose} is spent`,
      clears: `the budget of ${whose} has room again`,
    },
    {
      ...common,
      ...shipped('budget-reached'),
      event: level === 'reached' ? 'holds' : 'cleared',
      title: `Today's budget of ${whose} is spent: nothing new starts`,
      fires: `the budget of ${whose} is spent`,
      clears: `the budget of ${whose} has room again`,
    },
  ];
}

function spendText({ usd, budgetUsd, tokens, budgetTokens }: Spend): string {
  return [
    ...(budgetUsd === null ? [] : [`$${usd.toFixed(2)} of $${budgetUsd.toFixed(2)}`]),
    ...(budgetTokens === null ? [] : [`${tokens} of ${budgetTokens} tokens`]),
  ].join(', ');
}

function loopingSignal(agent: string, { looping }: RuntimeSnapshot): Signal {
  const tasks = looping.filter((each) => each.agent === agent).map((each) => each.task);
  const [first = ''] = tasks;
  return {
    ...shipped('task-looping'),
    subject: agent,
    event: tasks.length > 0 ? 'holds' : 'cleared',
    title: `${agent} repeats itself: ${named(tasks)} ${tasks.length === 1 ? 'waits' : 'wait'} for a person`,
    fires: `${agent} repeats itself in ${named(tasks)}`,
    clears: `no task of ${agent} repeats itself`,
    agents: [agent],
    labels: { agent, task: first },
    value: `${tasks.length} looping`,
    error: null,
  };
}

function workersSignal({ workers }: RuntimeSnapshot): Signal {
  const { youngDeaths, wanted } = workers;
  return {
    ...shipped('worker-crash-loop'),
    subject: 'workers',
    event: youngDeaths >= CRASH_LOOP ? 'holds' : youngDeaths === 0 ? 'cleared' : 'uncertain',
    title: `Worker processes die as soon as they start: ${youngDeaths} one after the other`,
    fires: 'worker processes die as soon as they start',
    clears: 'worker processes stay alive',
    agents: [],
    labels: { workers: String(wanted) },
    value: `${youngDeaths} deaths in a row`,
    error: null,
  };
}
