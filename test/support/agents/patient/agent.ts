import { defineAgent } from 'nightdesk/agent';

export default defineAgent({
  async run() {
    throw new Error('not yet');
  },
});
