import { appendFileSync, existsSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { defineAgent, type Json } from 'nightdesk/agent';

type Input =
  | { does: 'sleeps'; ms: number; beside?: number }
  | { does: 'spawns'; children: { agent: string; input: Json }[] }
  | { does: 'nests' }
  | { does: 'pays'; steps: string[]; until?: string; fails?: boolean }
  | { does: 'waits'; for: string }
  | { does: 'blocks' }
  | { does: 'kills'; when?: string }
  | { does: 'kills-once' };

const folder = process.env.NIGHTDESK_DATA_FOLDER ?? '.';
const note = (line: string): string => {
  appendFileSync(join(folder, 'ledger'), `${line}\n`);
  return line;
};
const until = async (file: string): Promise<void> => {
  while (!existsSync(join(folder, file))) await new Promise((resolve) => setTimeout(resolve, 10));
};

export default defineAgent({
  async run(context, given) {
    const input = given as Input;
    switch (input.does) {
      case 'sleeps': {
        await context.step('before', () => note('before'));
        const { ms, beside } = input;
        await Promise.all([
          context.sleep('nap', ms),
          ...(beside === undefined ? [] : [context.sleep('other nap', beside)]),
        ]);
        return context.step('after', () => note('after'));
      }
      case 'spawns': {
        await context.step('before', () => note('before'));
        const children = await Promise.all(
          input.children.map(({ agent, input: forChild }, n) => context.spawn(`child ${n}`, agent, forChild)),
        );
        await context.effect('after', { run: () => note('after') });
        return children;
      }
      case 'nests':
        return context.spawn('next', 'family', input);
      case 'pays': {
        for (const step of input.steps) {
          await context.effect(step, { run: (key) => note(`${step} ${key}`) });
        }
        if (input.until !== undefined) await context.step('until', () => until(input.until ?? '').then(() => null));
        if (input.fails === true && !existsSync(join(folder, 'mended'))) throw new Error('it is broken');
        return 'paid';
      }
      case 'waits':
        await context.step('wait', async () => {
          note(`waits ${context.task.id}`);
          await until(input.for);
          return null;
        });
        return 'waited';
      // Nothing else of its worker's code runs meanwhile.
      case 'blocks':
        await context.step('block', () => {
          note(`blocks ${context.task.id}`);
          while (!existsSync(join(folder, 'unblock'))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
          return null;
        });
        return context.effect('sent late', { recovery: 'idempotent', run: () => note('sent late') });
      case 'kills':
        if (input.when !== undefined) await until(input.when);
        note(`kills ${context.task.id} ${process.env.NIGHTDESK_WORKER ?? ''}`);
        process.kill(process.pid, 'SIGKILL');
        return null;
      case 'kills-once': {
        const first = join(folder, 'first');
        if (existsSync(first)) {
          unlinkSync(first);
          process.kill(process.pid, 'SIGKILL');
        }
        return process.env.NIGHTDESK_WORKER ?? '';
      }
    }
  },
});
