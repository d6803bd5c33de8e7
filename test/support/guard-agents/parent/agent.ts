import { defineAgent } from 'nightdesk/agent';

export default defineAgent({
  async run(context) {
    const child = await context.spawn('child', 'spender', { turns: 3 });
    const text = await context.llm('summary', { prompt: 'Sum it up.' });
    return { child: child.state, text };
  },
});
