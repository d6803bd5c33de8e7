import { defineAgent, type Json } from 'nightdesk/agent';

type Input = { tool: string; input?: Json };

export default defineAgent({
  async run(ctx, input) {
    const { tool, input: given } = input as Input;
    return ctx.tool(tool, given ?? {});
  },
});
