import { defineRehearsal } from 'nightdesk/agent';

type Input = {
  mode: 'same-call' | 'cycle' | 'wrong-input' | 'batch' | 'chant';
  /** It heeds what it is told: the nudge, or words that hold this. */
  heeds?: string;
};

export default defineRehearsal(({ input, turn, prompt }) => {
  const { mode, heeds } = input as Input;
  const usage = { latencyMs: 0, tokensIn: 10, tokensOut: 10 };
  // The first message is the input, which holds the words, too.
  if (heeds !== undefined && turn > 1 && !prompt.startsWith('{') && prompt.includes(heeds))
    return { text: `stopped: ${prompt.slice(0, 40)}`, ...usage };
  const find = (id: unknown) => ({ calls: [{ tool: 'orders.find', input: { id } as { id: number } }], ...usage });
  switch (mode) {
    case 'same-call':
      return find(7);
    case 'cycle':
      return find(turn % 2);
    case 'wrong-input':
      return find(`order ${turn}`);
    case 'batch':
      return turn <= 40 ? find(turn) : { text: 'all looked at', ...usage };
    case 'chant':
      return { text: 'and so on, '.repeat(40), ...usage };
  }
});
