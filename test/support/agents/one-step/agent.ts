import { defineAgent } from 'nightdesk/agent';

export default defineAgent({
  run: (context, input) => context.step('double', () => ({ doubled: (input as { n: number }).n * 2 })),
});
