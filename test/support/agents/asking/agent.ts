import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineAgent } from 'nightdesk/agent';

type Input = {
  mode: 'asks' | 'asks-nonsense' | 'sends-after-review' | 'swallows' | 'asks-beside-an-effect' | 'pays' | 'says';
  deadlineMs?: number;
  /** Written one line each time something is really done. */
  ledger?: string;
  says?: string;
};

const folder = process.env.NIGHTDESK_DATA_FOLDER ?? '.';

export default defineAgent({
  async run(context, given) {
    const { mode, deadlineMs, ledger = '', says = '' } = given as Input;
    const note = (line: string): string => {
      appendFileSync(join(folder, ledger), `${line}\n`);
      return line;
    };
    const question = {
      text: 'Is this invoice right?',
      choices: ['yes', 'no', { value: 'note', label: 'With a note', takes: 'text' as const }],
      details: { invoice: 'INV-7', total: 120 },
      ...(deadlineMs === undefined ? {} : { deadline: { afterMs: deadlineMs, choice: 'no' } }),
    };
    switch (mode) {
      case 'asks': {
        await context.step('before', () => note('before'));
        const answer = await context.ask('is it right', question);
        await context.step('after', () => note('after'));
        return answer;
      }
      case 'asks-nonsense':
        return context.ask('is it right', { ...question, deadline: { afterMs: 1_000, choice: 'maybe' } });
      case 'sends-after-review': {
        const text = await context.review('draft', 'draft', 'It names a price.');
        await context.effect('send', { run: () => note(`sent ${text}`) });
        return text;
      }
      case 'swallows':
        try {
          await context.ask('is it right', question);
        } catch {
          // An agent that catches everything goes on without its answer.
        }
        return 'went on';
      case 'asks-beside-an-effect': {
        const until = async (file: string): Promise<void> => {
          while (!existsSync(join(folder, file))) await new Promise((resolve) => setTimeout(resolve, 10));
        };
        const asks = async () => {
          await until('begun');
          writeFileSync(join(folder, 'asked'), '');
          return context.ask('is it right', question);
        };
        const effect = context.effect('slow', {
          run: async () => {
            writeFileSync(join(folder, 'begun'), '');
            await until('asked');
            return note('sent');
          },
        });
        const [answer] = await Promise.all([asks(), effect]);
        return answer;
      }
      case 'pays': {
        const receipt = await context.tool('pay', { to: 'Nordwind', amount: 120 });
        await context.effect('wire', { run: () => note('wired') });
        return { receipt };
      }
      case 'says':
        return says;
    }
  },
});
