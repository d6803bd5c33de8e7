import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

export default defineTools({
  pay: defineTool({
    description: 'Pays an amount.',
    input: z.object({ to: z.string(), amount: z.number().positive() }),
    effect: 'manual',
    run({ to, amount }) {
      appendFileSync(join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'paid'), `${to} ${amount}\n`);
      return { paid: amount };
    },
  }),
});
