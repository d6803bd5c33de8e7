import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

export default defineTools({
  'mail.send': defineTool({
    description: 'Sends a mail.',
    input: z.object({ to: z.email() }),
    effect: 'manual',
    run({ to }) {
      appendFileSync(join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'mails'), `${to}\n`);
      return { sent: to };
    },
  }),
});
