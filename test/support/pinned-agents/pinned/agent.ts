import { existsSync } from 'node:fs';
import { defineAgent } from 'nightdesk/agent';
import { version } from './words/version.ts';

/** Rises with every edit. */
const OWN = 'own 1';

type Input = { go: string; dieFirst: boolean };

export default defineAgent({
  async run(context, input) {
    const { go, dieFirst } = input as Input;
    await context.step('first', () => [OWN, version]);
    if (dieFirst && context.task.attempt === 1) {
      while (!existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 5));
      process.kill(process.pid, 'SIGKILL');
    }
    while (!existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 5));
    // Read only now, whatever lies there by then.
    const { late } = await import('./words/late.ts');
    return [OWN, version, late];
  },
});
