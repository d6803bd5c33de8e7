import { appendFileSync, existsSync } from 'node:fs';
import { defineAgent } from 'nightdesk/agent';

type Input = {
  vendor?: string;
  n: number;
  /** The file that it writes its beginning and its end to. */
  log: string;
  failsOnce?: boolean;
  /** It does not end before this file is there. */
  gate?: string;
};

export default defineAgent({
  async run(context, input) {
    const { vendor = '', n, log, failsOnce, gate } = input as Input;
    const note = (what: string) => appendFileSync(log, `${JSON.stringify({ vendor, n, what })}\n`);
    if (context.task.attempt === 1) note('begin');
    while (gate !== undefined && !existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 5));
    await context.step('work', () => new Promise<null>((resolve) => setImmediate(() => resolve(null))));
    if (failsOnce && context.task.attempt === 1) throw new Error('it fails the first time');
    note('end');
    return n;
  },
});
