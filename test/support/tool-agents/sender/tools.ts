import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

const nothing = z.object({});
const forever = new Promise<never>(() => {});

export default defineTools({
  'deaf.wait': defineTool({
    description: 'Never ends, and does not listen to its signal.',
    input: nothing,
    run: () => forever,
  }),
  'deaf.pay': defineTool({
    description: 'The same, as an effect that nothing can look up.',
    input: nothing,
    effect: 'manual',
    run: () => forever,
  }),
  'keen.wait': defineTool({
    description: 'Ends when it is told to, and says of what.',
    input: nothing,
    run: (_input, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  }),
});
