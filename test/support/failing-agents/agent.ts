import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineAgent, type Json } from 'nightdesk/agent';

export type Deed =
  /** Calls its model so often. */
  | { do: 'call'; times?: number }
  /** Calls one of its tools. */
  | { do: 'tool'; tool: string }
  /** Ends at once, and calls nothing. */
  | { do: 'nothing' }
  /** Asks a person, and waits for the answer. */
  | { do: 'ask' }
  /** Goes on only once the file `hold` of the data folder is gone. */
  | { do: 'hold' };

const hold = join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'hold');

/** What all agents of this folder run: they differ in what their files promise and allow. */
export default defineAgent({
  async run(context, input): Promise<Json> {
    const deed = input as Deed;
    switch (deed.do) {
      case 'call':
        for (let call = 1; call <= (deed.times ?? 1); call += 1)
          await context.llm(`call ${call}`, { prompt: `Go on: ${call}.` });
        return 'called';
      case 'tool':
        return context.tool(deed.tool, {});
      case 'nothing':
        return context.step('nothing', () => 'nothing');
      case 'ask':
        await context.ask('leave', { text: 'May I go on?' });
        return 'answered';
      case 'hold':
        return context.step('hold', async () => {
          while (existsSync(hold)) await new Promise((done) => setTimeout(done, 20));
          return 'gone on';
        });
    }
  },
});
