import { defineChecks } from 'nightdesk/agent';

export default defineChecks({
  greets: (output) => ((output as { text: string }).text.startsWith('Dear') ? null : 'it begins without "Dear"'),
});
