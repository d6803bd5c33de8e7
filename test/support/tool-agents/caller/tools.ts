import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

const nothing = z.object({});

export default defineTools({
  'till.read': defineTool({
    description: 'Gives the secret back, in every way it should not.',
    input: nothing,
    run(_input, { secret }) {
      const value = secret('till');
      process.stdout.write(`printed ${value}\n`);
      process.stderr.write(`printed too ${value}\n`);
      return { [value]: [value, { url: `https://till.test/?token=${encodeURIComponent(value)}` }] };
    },
  }),
  'till.pay': defineTool({
    description: 'Pays, and gives the secret back.',
    input: nothing,
    effect: 'idempotent',
    run: (_input, { secret }) => `paid with ${secret('till')}`,
  }),
  'till.fail': defineTool({
    description: 'Fails with the secret in its error.',
    input: nothing,
    run(_input, { secret }) {
      throw new Error(`401 for Bearer ${secret('till')}`);
    },
  }),
});
