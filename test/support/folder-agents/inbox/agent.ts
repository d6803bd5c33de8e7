import { defineAgent } from 'nightdesk/agent';

export default defineAgent({ run: (context, input) => context.step('read', () => (input as { n: number }).n) });
