import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineAgent } from 'nightdesk/agent';

const hold = join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'hold');

export default defineAgent({
  run: (context) =>
    context.step('hold', async () => {
      while (existsSync(hold)) await new Promise((done) => setTimeout(done, 20));
      return 'gone on';
    }),
});
