import { defineAgent } from 'nightdesk/agent';

export default defineAgent({
  run: (context, input) => context.step('report', () => (input as { scheduledFor: string }).scheduledFor),
});
