import type { Json } from '#contract/basic.ts';

/** The rehearsal's traffic generator: submits fixtures to agents at a dialled rate. */
export type Traffic = {
  /** @param perMinute tasks a minute for each agent; 0 stops it */
  dial(perMinute: number): void;
};

export type TrafficOptions = {
  submit(agent: string, input: Json, key: string): void;
  /** Inputs to draw from; an agent without any gets no traffic. */
  fixtures(agent: string): Json[];
  agents(): string[];
  now(): number;
  /** In [0, 1). */
  random(): number;
};

/** How often arrivals are drawn, ms. */
const TICK_MS = 250;

/**
 * Poisson arrivals: each tick draws how many tasks came for each agent (Knuth's method, fine for small means), so that
 * bursts and gaps are as in life. Keys hold the start of this generator and a running number: never the same twice.
 */
export function createTraffic(options: TrafficOptions): Traffic {
  const series = options.now().toString(36);
  let timer: NodeJS.Timeout | undefined;
  let number = 0;
  let rate = 0;
  let tickedAt = 0;

  function arrivals(mean: number): number {
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = options.random(); product > limit; product *= options.random()) count += 1;
    return count;
  }

  function tick(): void {
    const now = options.now();
    // After a sleep the missed arrivals are not made up: they never came.
    const elapsed = Math.min(now - tickedAt, TICK_MS * 4);
    tickedAt = now;
    for (const agent of options.agents()) {
      const fixtures = options.fixtures(agent);
      if (fixtures.length === 0) continue;
      for (let i = arrivals((rate / 60_000) * elapsed); i > 0; i -= 1) {
        number += 1;
        const fixture = fixtures[Math.floor(options.random() * fixtures.length)];
        if (fixture !== undefined) options.submit(agent, fixture, `r-${series}-${number}`);
      }
    }
  }

  return {
    dial(perMinute) {
      rate = perMinute;
      clearInterval(timer);
      tickedAt = options.now();
      timer = perMinute > 0 ? setInterval(tick, TICK_MS) : undefined;
    },
  };
}
