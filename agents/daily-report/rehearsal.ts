import { defineRehearsal } from 'nightdesk/agent';

type Total = { currency: string; entries: number; total: number };

/** Plays the model: two reads at once, one report, one answer. */
export default defineRehearsal(({ input, results, random }) => {
  const { scheduledFor } = input as { scheduledFor: string };
  const cost = { latencyMs: 300 + random() * 900, tokensIn: 700 + results.length * 200, tokensOut: 160 };
  const totals = results.find((each) => each.tool === 'ledger.totals')?.result as Total[] | undefined;
  const drafts = (results.find((each) => each.tool === 'drafts.count')?.result as { drafts: number } | undefined)
    ?.drafts;
  if (!totals || drafts === undefined) {
    return {
      calls: [
        { tool: 'ledger.totals', input: {} },
        { tool: 'drafts.count', input: {} },
      ],
      ...cost,
    };
  }
  const entries = totals.reduce((sum, each) => sum + each.entries, 0);
  const day = scheduledFor.slice(0, 10);
  const written = results.find((each) => each.tool === 'report.write')?.result as { file: string } | undefined;
  if (written) return { text: JSON.stringify({ file: written.file, entries, drafts }), ...cost };
  const lines = totals.map((each) => `- ${each.entries} invoices, ${each.total} ${each.currency}`);
  const markdown = [
    `# ${day}`,
    '',
    ...(lines.length > 0 ? lines : ['- no invoices were posted']),
    `- ${drafts} drafts wait to be read`,
    '',
  ].join('\n');
  return { calls: [{ tool: 'report.write', input: { day, markdown } }], ...cost };
});
