import { defineAgent } from 'nightdesk/agent';

/** Gives what each call took, ms: until its answer is in the journal, which the next step waits for. */
export default defineAgent({
  async run(context, input) {
    const { calls } = input as { calls: number };
    const took: number[] = [];
    let from = performance.now();
    for (let n = 0; n < calls; n += 1) {
      await context.llm(`call ${n}`, { prompt: `Say ${n}.` });
      const now = performance.now();
      took.push(now - from);
      from = now;
    }
    return took;
  },
});
