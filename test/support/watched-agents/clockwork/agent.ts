import { defineAgent } from 'nightdesk/agent';

export default defineAgent({
  run: (context) => context.step('tick', () => 'tock'),
});
