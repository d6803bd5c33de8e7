import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineRehearsal } from 'nightdesk/agent';

/** Posts, and says so. Where its input says `loop`, it posts the same again and again. */
export default defineRehearsal(({ input, results, turn }) => {
  const { amount = 1, loop = false } = input as { amount?: number; loop?: boolean };
  const usage = { latencyMs: 0, tokensIn: 20, tokensOut: 80 };
  if (loop && !existsSync(join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'heeds')))
    return { calls: [{ tool: 'ledger.post', input: { amount } }], ...usage };
  return turn === 1 && results.length === 0
    ? { calls: [{ tool: 'ledger.post', input: { amount } }], ...usage }
    : { text: `posted ${amount}`, ...usage };
});
