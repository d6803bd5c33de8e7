import { defineAgent, type Json } from 'nightdesk/agent';

type Input = { tool?: string; input?: Json; secret?: string };

export default defineAgent({
  async run(ctx, input) {
    const { tool, input: given, secret } = input as Input;
    if (secret !== undefined) return (await ctx.step('read', () => ctx.secret(secret))) as Json;
    return ctx.tool(tool ?? '', given ?? {});
  },
});
