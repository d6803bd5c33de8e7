import { defineRehearsal } from 'nightdesk/agent';

export default defineRehearsal(() => ({ text: 'done', latencyMs: 5, tokensIn: 10, tokensOut: 1 }));
