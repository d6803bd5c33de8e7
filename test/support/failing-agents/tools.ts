import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

const nothing = z.object({});

export default defineTools({
  'note.take': defineTool({ description: 'Takes a note.', input: nothing, run: () => ({ noted: true }) }),
  'mail.send': defineTool({
    description: 'Sends a mail, and gets nothing back that proves it.',
    input: nothing,
    effect: 'idempotent',
    run: () => null,
  }),
  'bank.pay': defineTool({
    description: 'Never ends, and nothing can be looked up.',
    input: nothing,
    effect: 'manual',
    run: () => new Promise<never>(() => {}),
  }),
});
