import type { Database } from 'better-sqlite3';
import type { Spend } from '#contract/integration.ts';

/** What was spent in one UTC day, of an agent, a provider or the whole desk. */
export type SpendRow = { scope: Spend['scope']; name: string; usd: number; tokens: number };

/** Statements on what was spent. They run inside the caller's transaction. */
export function prepareSpend(db: Database) {
  const add = db.prepare<unknown[]>(
    'INSERT INTO spend (day, scope, name, usd, tokens) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET usd = usd + excluded.usd, tokens = tokens + excluded.tokens',
  );
  const ofDay = db.prepare<[string], SpendRow>('SELECT scope, name, usd, tokens FROM spend WHERE day = ?');
  const addToParent = db.prepare<[number, number]>('UPDATE task SET children_usd = children_usd + ? WHERE id = ?');
  return {
    /** @param day as `2026-11-24` */
    add: (day: string, scope: Spend['scope'], name: string, usd: number, tokens: number): void => {
      add.run(day, scope, name, usd, tokens);
    },
    ofDay: (day: string): SpendRow[] => ofDay.all(day),
    /** What a spawned task spent counts for the cost limit of the task that spawned it. */
    addToParent: (task: number, usd: number): void => {
      addToParent.run(usd, task);
    },
  };
}
export type Spending = ReturnType<typeof prepareSpend>;
