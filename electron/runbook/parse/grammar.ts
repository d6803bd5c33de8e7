import type { Check, Verb } from '#contract/runbook.ts';

/** What a verb takes. */
export type VerbShape = {
  args: Record<string, 'required' | 'optional'>;
  /** Changes a runtime: needs a confirmation. */
  mutates: boolean;
  /** A lease: needs `for=` or an undo. */
  leased: boolean;
};

/** Every verb. */
export const VERBS: Record<Verb, VerbShape> = {
  verify: { args: {}, mutates: false, leased: false },
  ask: { args: {}, mutates: false, leased: false },
  pause: { args: { agent: 'required' }, mutates: true, leased: true },
  drain: { args: { agent: 'required' }, mutates: true, leased: true },
  resume: { args: { agent: 'required' }, mutates: true, leased: false },
  reroute: { args: { agent: 'required', to: 'required' }, mutates: true, leased: true },
  set: { args: { agent: 'required', concurrency: 'optional', budget: 'optional' }, mutates: true, leased: true },
  requeue: {
    args: { agent: 'required', state: 'optional', class: 'optional', limit: 'optional' },
    mutates: true,
    leased: false,
  },
  reset: { args: { breaker: 'required' }, mutates: true, leased: false },
  notify: { args: { channel: 'required', text: 'required' }, mutates: false, leased: false },
  wait: { args: {}, mutates: false, leased: false },
  show: {
    args: {
      agent: 'optional',
      provider: 'optional',
      incident: 'optional',
      state: 'optional',
      class: 'optional',
      within: 'optional',
      limit: 'optional',
    },
    mutates: false,
    leased: false,
  },
  cancel: { args: { task: 'required' }, mutates: true, leased: false },
  retry: { args: { task: 'required' }, mutates: true, leased: false },
  run: { args: { agent: 'required' }, mutates: true, leased: false },
  scale: { args: { agent: 'required', to: 'required' }, mutates: true, leased: true },
  http: { args: { method: 'required', url: 'required', headers: 'optional' }, mutates: true, leased: false },
  shell: { args: {}, mutates: true, leased: false },
};

/** Words of `key=value` form that every directive may have beside its arguments. */
export const MODIFIERS = ['confirm', 'approve', 'timeout', 'for', 'id', 'when', 'ramp', 'hold'] as const;
/** What `show` can show. */
export const SHOWN = ['tasks', 'agent', 'provider', 'incident', 'queue'] as const;
/** Arguments of `show` by what is shown. */
export const SHOW_ARGS: Record<(typeof SHOWN)[number], readonly string[]> = {
  tasks: ['agent', 'state', 'class', 'within', 'limit'],
  agent: ['agent'],
  provider: ['provider'],
  incident: ['incident'],
  queue: ['agent'],
};
/** Words that stand alone. */
export const FLAGS = ['confirm', 'required'] as const;

/** What a measure takes and what it is compared with. */
export type MeasureShape = {
  args: Record<string, 'required' | 'optional'>;
  /** `name`: any word, compared with == or !=; a list: one of these words; `number` and `share` also by order. */
  compares: 'number' | 'share' | 'name' | readonly string[];
};

export const MEASURES: Record<Check['measure'], MeasureShape> = {
  breaker: { args: { provider: 'required' }, compares: ['closed', 'open', 'half-open'] },
  running_tasks: { args: { agent: 'required' }, compares: 'number' },
  queued_tasks: { args: { agent: 'required' }, compares: 'number' },
  success_rate: { args: { agent: 'required', within: 'optional' }, compares: 'share' },
  intake: { args: { agent: 'required' }, compares: ['open', 'paused', 'draining'] },
  route: { args: { agent: 'required' }, compares: 'name' },
  alert: {
    args: { rule: 'required', provider: 'optional', integration: 'optional', agent: 'optional' },
    compares: ['firing', 'resolved'],
  },
};

/** How often a check is polled when it does not say, ms. */
export const DEFAULT_EVERY_MS = 5_000;
/** What `success_rate` looks back over when it does not say, ms. */
export const DEFAULT_RATE_WINDOW_MS = 300_000;

/**
 * Reads what a measure is compared with as a number: `0`, `12`, `99%`, `99.5%`.
 * @returns a share in 0..1 for a percentage; undefined when it is not a number
 */
export function parseQuantity(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(%?)$/.exec(text);
  if (!match) return undefined;
  return match[2] === '%' ? Number(match[1]) / 100 : Number(match[1]);
}

/** The name of `names` that is nearest to a mistyped one, or null when none is near. */
export function nearest(text: string, names: readonly string[]): string | null {
  const ranked = names.map((name) => ({ name, steps: distance(text.slice(0, 40), name) }));
  const best = ranked.sort((a, b) => a.steps - b.steps)[0];
  return best !== undefined && best.steps <= Math.max(2, Math.floor(text.length / 3)) ? best.name : null;
}

/** Levenshtein distance: how many letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...b].entries()) {
      const change = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
