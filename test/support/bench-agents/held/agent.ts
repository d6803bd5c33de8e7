import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineAgent } from 'nightdesk/agent';

const hold = join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'hold');

export default defineAgent({
  run: (context, input) =>
    context.step('wait', async () => {
      while (existsSync(hold)) await new Promise((resolve) => setTimeout(resolve, 50));
      return input;
    }),
});
