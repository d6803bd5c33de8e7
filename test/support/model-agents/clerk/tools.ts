import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

export default defineTools({
  'stock.lookup': defineTool({
    description: 'How many of an item there are.',
    input: z.object({ item: z.string() }),
    run: ({ item }) => ({ item, left: 3 }),
  }),
  'stock.order': defineTool({
    description: 'Orders more of an item.',
    input: z.object({ item: z.string(), count: z.number().int() }),
    effect: 'idempotent',
    run: ({ item, count }, { key }) => ({ item, count, key }),
  }),
});
