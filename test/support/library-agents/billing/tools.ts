import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

/** While there is a file `ledger-down` in the data folder, the ledger refuses. */
export default defineTools({
  'ledger.post': defineTool({
    description: 'Posts an amount.',
    input: z.object({ amount: z.number() }),
    effect: 'idempotent',
    run({ amount }) {
      if (existsSync(join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'ledger-down'))) {
        throw new Error('connect ECONNREFUSED (scripted)');
      }
      return { posted: amount };
    },
  }),
});
