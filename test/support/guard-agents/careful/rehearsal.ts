import { defineRehearsal } from 'nightdesk/agent';

export default defineRehearsal(({ results, input }) => {
  const usage = { latencyMs: 0, tokensIn: 10, tokensOut: 10 };
  if (results.length > 0) return { text: 'posted', ...usage };
  return { calls: [{ tool: 'ledger.post', input }], ...usage };
});
