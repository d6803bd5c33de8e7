import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

export default defineTools({
  'orders.find': defineTool({
    description: 'Finds an order.',
    input: z.object({ id: z.number() }),
    run: ({ id }) => ({ order: id < 1_000 ? null : id }),
  }),
});
