import { defineRehearsal } from 'nightdesk/agent';

/** Adds wrongly at first: the server's refusal is told, and the next call is right. Then it says the sum aloud. */
export default defineRehearsal(({ results }) => {
  const cost = { latencyMs: 1, tokensIn: 10, tokensOut: 10 };
  switch (results.length) {
    case 0:
      return { calls: [{ tool: 'mcp:all/get-sum', input: { a: 'forty' } }], ...cost };
    case 1:
      return { calls: [{ tool: 'mcp:all/get-sum', input: { a: 40, b: 2 } }], ...cost };
    case 2:
      return { calls: [{ tool: 'mcp:web/echo', input: { message: String(results[1]?.result) } }], ...cost };
    default:
      return { text: JSON.stringify(results.map(({ result }) => result)), ...cost };
  }
});
