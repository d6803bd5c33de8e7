import { defineRehearsal } from 'nightdesk/agent';

/** Plays the model: says what it was asked, so that an answer that is mixed up is seen. */
export default defineRehearsal(({ prompt }) => ({
  text: `heard ${prompt}`,
  latencyMs: 2,
  tokensIn: 10,
  tokensOut: 4,
}));
