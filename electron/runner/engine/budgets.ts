import type { Budget } from '#contract/agent.ts';
import type { Spend } from '#contract/integration.ts';
import type { Settings } from '#contract/settings.ts';
import type { Spending } from '../../store/spend.ts';
import {
  type Amount,
  emptyPurse,
  fits,
  type Level,
  levelOf,
  NOTHING,
  nextDay,
  type Purse,
  reserve,
  settleCall,
  shareOf,
  turnDay,
} from '../guard/budget.ts';

/** Whether a new day began is looked at this often at least: clocks jump, laptops sleep, ms. */
const LOOK_MS = 30_000;

/** What a budget may be of. */
export type Scope = { scope: Spend['scope']; name: string };

export const DESK: Scope = { scope: 'desk', name: 'desk' };

type Holder = Scope & {
  purse: Purse;
  /** The budget of which less was found to be left than a call may cost, with none under way that may free more. */
  exhausted: Budget | null;
  level: Level;
  /** Since when the level stands so. */
  since: number;
};

/** The worst case of a call under way, and for whom it counts. */
type Reservation = { provider: string; scopes: Scope[]; worst: Amount };

export type BudgetsOptions = {
  spending: Spending;
  now(): number;
  settings(): Settings;
  /** The budget of an agent that is in force. */
  budgetOf(agent: string): Budget;
  /** A budget was warned of or reached, or there is room again. */
  onLevel(spend: Spend): void;
  /** Money was spent. */
  onSpent(): void;
};

/**
 * Daily budgets in memory, followed by the table `spend`: the worst case of each call is reserved before it goes out, and
 * settled when its journal entry is on the disk.
 */
export function createBudgets(options: BudgetsOptions) {
  const { now, spending } = options;
  const holders = new Map<string, Holder>();
  const reservations = new Map<number, Reservation[]>();
  let timer: NodeJS.Timeout | undefined;

  function holderOf({ scope, name }: Scope): Holder {
    const key = `${scope} ${name}`;
    let holder = holders.get(key);
    if (!holder) {
      holder = { scope, name, purse: emptyPurse(now()), exhausted: null, level: 'fine', since: now() };
      holders.set(key, holder);
    }
    const purse = turnDay(holder.purse, now());
    if (purse !== holder.purse) Object.assign(holder, { purse, exhausted: null });
    return holder;
  }

  function budgetOf({ scope, name }: Scope): Budget {
    switch (scope) {
      case 'agent':
        return options.budgetOf(name);
      case 'provider':
        return options.settings().providers[name]?.budget ?? {};
      case 'desk':
        return options.settings().budget;
    }
  }

  /** Another budget is another question. */
  function isExhausted({ exhausted, ...scope }: Holder): boolean {
    if (exhausted === null) return false;
    const { daily, tokens } = budgetOf(scope);
    return exhausted.daily === daily && exhausted.tokens === tokens;
  }

  /** Judges a holder anew, and tells when its level changed. */
  function judge(holder: Holder): void {
    const level = isExhausted(holder) ? 'reached' : levelOf(holder.purse, budgetOf(holder));
    if (level === holder.level) return;
    Object.assign(holder, { level, since: now() });
    options.onLevel(view(holder));
  }

  function view(holder: Holder): Spend {
    const { scope, name, purse } = holder;
    const { daily = null, tokens = null } = budgetOf(holder);
    return {
      scope,
      name,
      day: purse.day,
      usd: purse.spent.usd,
      tokens: purse.spent.tokens,
      reservedUsd: purse.reserved.usd,
      budgetUsd: daily,
      budgetTokens: tokens,
      share: shareOf(purse.spent, budgetOf(holder)),
      level: holder.level,
    };
  }

  /** Every budget again: a new day began, or one was raised. */
  function look(): void {
    for (const holder of holders.values()) judge(holderOf(holder));
    clearTimeout(timer);
    timer = setTimeout(look, Math.min(LOOK_MS, nextDay(now()) - now()) + 1);
  }

  function takeReservation(task: number, provider: string): Reservation | undefined {
    const held = reservations.get(task) ?? [];
    const index = held.findIndex((each) => each.provider === provider);
    const [found] = index < 0 ? [] : held.splice(index, 1);
    if (held.length === 0) reservations.delete(task);
    return found;
  }

  return {
    /** Memory from the disk, at the start. */
    load(): void {
      const day = emptyPurse(now()).day;
      for (const { scope, name, usd, tokens } of spending.ofDay(day)) {
        const holder = holderOf({ scope, name });
        holder.purse = { ...holder.purse, spent: { usd, tokens } };
      }
      look();
    },
    look,
    /** The first of these budgets that a call of this worst case may pass; `later`: calls under way may leave room. */
    short(scopes: Scope[], worst: Amount): { scope: Scope; later: boolean } | null {
      for (const scope of scopes) {
        const holder = holderOf(scope);
        const budget = budgetOf(scope);
        if (!isExhausted(holder) && fits(holder.purse, budget, worst)) continue;
        const alone = { ...holder.purse, reserved: NOTHING };
        return { scope, later: !isExhausted(holder) && fits(alone, budget, worst) };
      }
      return null;
    },
    /** A call did not fit in what is left, with nothing under way: nothing more begins today. */
    exhaust(scope: Scope): void {
      const holder = holderOf(scope);
      holder.exhausted = budgetOf(scope);
      judge(holder);
    },
    reserve(task: number, provider: string, scopes: Scope[], worst: Amount): void {
      reservations.set(task, [...(reservations.get(task) ?? []), { provider, scopes, worst }]);
      for (const scope of scopes) {
        const holder = holderOf(scope);
        holder.purse = reserve(holder.purse, worst);
      }
    },
    /** Inside the commit of a call's journal entry. */
    write(scopes: Scope[], cost: Amount): void {
      if (cost.usd === 0 && cost.tokens === 0) return;
      for (const scope of scopes) {
        spending.add(holderOf(scope).purse.day, scope.scope, scope.name, cost.usd, cost.tokens);
      }
    },
    /** After that commit. */
    settle(task: number, provider: string, scopes: Scope[], cost: Amount): void {
      const reservation = takeReservation(task, provider);
      for (const scope of reservation?.scopes ?? scopes) {
        const holder = holderOf(scope);
        holder.purse = settleCall(holder.purse, reservation?.worst ?? NOTHING, cost);
        judge(holder);
      }
      options.onSpent();
    },
    /** The attempt of a task is over: what it had reserved is free. @returns the providers of its calls that never ended */
    release(task: number): string[] {
      const held = reservations.get(task);
      if (held === undefined) return [];
      reservations.delete(task);
      for (const { scopes, worst } of held) {
        for (const scope of scopes) {
          const holder = holderOf(scope);
          holder.purse = settleCall(holder.purse, worst, NOTHING);
        }
      }
      return held.map((each) => each.provider);
    },
    spend: (scope: Scope): Spend => view(holderOf(scope)),
    /** Of budgets that nothing may begin on: since when. */
    reachedSince(scope: Scope): number | null {
      const holder = holderOf(scope);
      return holder.level === 'reached' ? holder.since : null;
    },
    close: (): void => clearTimeout(timer),
  };
}
export type Budgets = ReturnType<typeof createBudgets>;
