import type { Settings } from '#contract/settings.ts';
import { type Amount, nextDay } from '../guard/budget.ts';
import { chooseHop, type Hop, hopOf } from '../guard/route.ts';
import { priceOf } from '../providers/index.ts';
import { type Budgets, DESK, type Scope } from './budgets.ts';
import { hopsOf, type Lane } from './lane.ts';
import type { AskedToPass, Verdict } from './protocol.ts';
import type { ProviderDesk } from './provider-desk.ts';
import type { Running } from './running.ts';

/** A cooldown shorter than this is waited for at the gate; for a longer one the task gives its place up, ms. */
const SHORT_WAIT_MS = 10_000;

/** A task that waits at the gate, and for what. */
type Waiter = { run: Running; asked: AskedToPass; on: string; ms: number | null; provider: string | null };

type Decision = Verdict | { kind: 'wait'; on: string; ms: number | null; provider: string | null };

export type GateOptions = {
  laneOf(agent: string): Lane;
  providers: ProviderDesk;
  budgets: Budgets;
  settings(): Settings;
  /** For whom a task's spending counts: its agent, and the agents of the tasks that spawned it. */
  payers(run: Running): Scope[];
  now(): number;
  /** Whether the data folder takes writes: a call whose answer cannot be kept does not go out. */
  diskTakes(): boolean;
  /** Answers at once. */
  answer(run: Running, verdict: Verdict): void;
};

/**
 * Whether and where the next model call of a task may go. Lane, cost limit, route, breakers, budgets and pace in one place;
 * a call that only its pace or a reservation holds back waits here, in the order of arrival.
 */
export function createGate(options: GateOptions) {
  const { providers, budgets, now } = options;
  const waiters = new Map<string, Waiter>();
  let timer: NodeJS.Timeout | undefined;
  let waking = false;

  function worstOf(hop: Hop, asked: AskedToPass, run: Running): Amount {
    const output = run.definition.nightdesk.limits.output;
    const own = options.settings().prices[`${hop.provider}/${hop.model}`] ?? null;
    const usage = { input: asked.tokensIn, output, cacheRead: 0, cacheWrite: 0 };
    return { usd: priceOf(hop.provider, hop.model, usage, own), tokens: asked.tokensIn + output };
  }

  /** @param queued providers and budgets that somebody before waits for: nobody overtakes */
  function decide(run: Running, asked: AskedToPass, queued: ReadonlySet<string>): Decision {
    const lane = options.laneOf(run.agent);
    if (lane.control.intake === 'paused') return { kind: 'hold' };
    if (!options.diskTakes()) return { kind: 'wait', on: 'disk', ms: null, provider: null };
    const limitUsd = run.limitUsd ?? run.definition.nightdesk.limits.cost ?? null;
    const spentUsd = run.costUsd + run.childrenUsd;
    if (limitUsd !== null && spentUsd >= limitUsd) return { kind: 'limit', limitUsd, spentUsd };

    const hops = asked.model === null ? hopsOf(lane, run.definition, run.id) : [hopOf(asked.model)];
    const payers = options.payers(run);
    const scopesOf = (provider: string): Scope[] => [...payers, { scope: 'provider', name: provider }, DESK];
    let busy: Extract<Decision, { kind: 'wait' }> | undefined;
    let short: { scope: Scope; later: boolean; worst: Amount } | undefined;

    /** @param strict within the budgets. @param all more than its share to a provider that comes back */
    function choose(strict: boolean, all: boolean): Hop | null {
      return chooseHop(
        hops,
        providers.usable,
        (provider, hop) => {
          if (busy) return false;
          const worst = worstOf(hop, asked, run);
          const found = budgets.short(scopesOf(provider), worst);
          if (found && strict) {
            if (!short || found.later) short = { ...found, worst };
            if (found.scope.scope === 'provider' && !found.later) budgets.exhaust(found.scope);
            return false;
          }
          const on = `provider ${provider}`;
          if (queued.has(on)) {
            busy = { kind: 'wait', on, ms: null, provider };
            return false;
          }
          const answer = providers.admit(provider, all);
          if (typeof answer !== 'object') return answer === 'admitted';
          busy = { kind: 'wait', on, ms: answer.busy, provider };
          return false;
        },
        run.failedCalls,
      );
    }

    let hop = choose(true, false) ?? (busy ? null : choose(true, true));
    // A task in flight may finish what it began, whatever it costs: budgets close the intake, not the work.
    if (hop === null && !busy && short && run.model !== null) hop = choose(false, true);
    if (busy) return busy;
    if (hop === null) return short ? overBudget(short) : unserved(hops);
    const config = providers.config(hop.provider);
    if (!config) return unserved(hops);
    const scopes = scopesOf(hop.provider);
    budgets.reserve(run.id, hop.provider, scopes, worstOf(hop, asked, run));
    watchFailover(lane, hops, hop);
    return {
      kind: 'go',
      provider: config,
      model: hop.model,
      fault: providers.fault(hop.provider),
      price: options.settings().prices[`${hop.provider}/${hop.model}`] ?? null,
      notice: noticeOf([...payers, DESK]),
    };
  }

  function overBudget({ scope, later, worst }: { scope: Scope; later: boolean; worst: Amount }): Decision {
    if (later) return { kind: 'wait', on: `budget ${scope.scope} ${scope.name}`, ms: null, provider: null };
    budgets.exhaust(scope);
    const until = nextDay(now());
    return { kind: 'defer', waitKind: 'budget', until, reason: budgetReason(scope, worst) };
  }

  function budgetReason(scope: Scope, worst: Amount): string {
    const { usd, budgetUsd, budgetTokens, tokens } = budgets.spend(scope);
    const whose = scope.scope === 'desk' ? 'the whole desk' : `${scope.scope} ${scope.name}`;
    if (budgetUsd !== null && usd + worst.usd > budgetUsd) {
      const left = Math.max(0, budgetUsd - usd);
      return left === 0
        ? `today's budget of ${whose} is spent ($${budgetUsd})`
        : `a call may cost $${worst.usd.toFixed(4)}, and $${left.toFixed(4)} is left of today's budget of ${whose} ($${budgetUsd})`;
    }
    const left = Math.max(0, (budgetTokens ?? 0) - tokens);
    return `a call may take ${worst.tokens} tokens, and ${left} are left of today's budget of ${whose}`;
  }

  function unserved(hops: Hop[]): Decision {
    const names = [...new Set(hops.map((hop) => hop.provider))];
    const cooling = names.flatMap((name) => providers.cooldownUntil(name) ?? []);
    const until = cooling.length === 0 ? null : Math.min(...cooling);
    const [provider = ''] = names.filter((name) => providers.cooldownUntil(name) === until);
    if (until !== null && until - now() <= SHORT_WAIT_MS) {
      return { kind: 'wait', on: `cooldown ${provider}`, ms: Math.max(1, until - now()), provider };
    }
    const why = `no provider of its route can serve (${names.join(', ')})`;
    const reason = until === null ? why : `${why}; ${provider} asked to wait until ${new Date(until).toISOString()}`;
    return { kind: 'defer', waitKind: 'deferred', until, reason };
  }

  /** Told to the agent with its call. */
  function noticeOf(scopes: Scope[]): string | null {
    const told = scopes.map((scope) => budgets.spend(scope)).find((spend) => spend.level !== 'fine');
    if (!told) return null;
    const share = Math.floor((told.share ?? 1) * 100);
    const whose = told.scope === 'desk' ? 'the whole desk' : `agent ${told.name}`;
    return `${share} % of today's budget of ${whose} is spent: come to the point, and finish with as few calls as you can.`;
  }

  /** Its history says when an agent's traffic leaves a provider, and when the first of it is back. */
  function watchFailover(lane: Lane, hops: Hop[], taken: Hop): void {
    const first = hops.find((hop) => providers.usable(hop.provider))?.provider;
    if (first === undefined) return;
    if (taken.provider !== first && !providers.serves(first) && lane.avoids !== first) {
      lane.avoids = first;
      providers.tell(first, 'failover', `${lane.agent} goes to ${taken.provider}`);
    } else if (taken.provider === first && lane.avoids === first && providers.serves(first)) {
      lane.avoids = null;
      providers.tell(first, 'failback', `the first call of ${lane.agent} is back at ${first}`);
    }
  }

  function keyOf(run: Running): string {
    return `${run.id}.${run.epoch}`;
  }

  /** Decides for those that wait, the first that came first. */
  function wake(): void {
    if (waking) return;
    waking = true;
    setImmediate(() => {
      waking = false;
      clearTimeout(timer);
      const queued = new Set<string>();
      let next = Number.POSITIVE_INFINITY;
      for (const [key, waiter] of [...waiters]) {
        if (queued.has(waiter.on) && options.laneOf(waiter.run.agent).control.intake !== 'paused') continue;
        const decision = decide(waiter.run, waiter.asked, queued);
        if (decision.kind === 'wait') {
          Object.assign(waiter, decision);
          queued.add(decision.on);
          next = Math.min(next, decision.ms ?? next);
          continue;
        }
        waiters.delete(key);
        options.answer(waiter.run, decision);
      }
      if (Number.isFinite(next)) timer = setTimeout(wake, next);
    });
  }

  return {
    /** A task asks to pass; it is answered at once, or when it may. */
    ask(run: Running, asked: AskedToPass): void {
      const queued = new Set([...waiters.values()].map((waiter) => waiter.on));
      const decision = decide(run, asked, queued);
      if (decision.kind !== 'wait') {
        options.answer(run, decision);
        return;
      }
      const { on, ms, provider } = decision;
      waiters.set(keyOf(run), { run, asked, on, ms, provider });
      if (ms !== null) wake();
    },
    /** The attempt of a task is over. */
    leave(run: Running): void {
      for (const provider of budgets.release(run.id)) {
        providers.ended(provider);
        providers.lost(provider);
      }
      if (waiters.size === 0) return;
      waiters.delete(keyOf(run));
      wake();
    },
    wake,
    /** How many tasks wait for a provider. */
    waitingFor: (provider: string): number =>
      [...waiters.values()].filter((waiter) => waiter.provider === provider).length,
    close: (): void => clearTimeout(timer),
  };
}
