import { defineRehearsal } from 'nightdesk/agent';

type Invoice = { invoice: string; vendor: string; total: number; currency: string };
type Vendor = { known: boolean; id: number; currency: string; limit: number; account: string };

/** Plays the model: look up, decide, post, answer. */
export default defineRehearsal(({ input, results, random }) => {
  const { invoice, vendor, total, currency } = input as Invoice;
  const tokens = {
    tokensIn: 900 + Math.round(random() * 300) + results.length * 160,
    tokensOut: 60 + Math.round(random() * 60),
  };
  const latencyMs = 120 + random() * random() * 800;
  const found = results.find((each) => each.tool === 'vendors.lookup')?.result as Vendor | undefined;
  const posted = results.find((each) => each.tool === 'ledger.post')?.result as { entry: number } | undefined;
  const answer = (decision: string, reason: string, entry: number | null) => ({
    text: JSON.stringify({ decision, reason, entry }),
    latencyMs,
    ...tokens,
  });
  if (!found) return { calls: [{ tool: 'vendors.lookup', input: { name: vendor } }], latencyMs, ...tokens };
  if (posted) return answer('posted', `${invoice} of ${vendor} is within its limit and was posted.`, posted.entry);
  if (!found.known) return answer('set-aside', `${vendor} is not on the vendor list.`, null);
  if (found.currency !== currency)
    return answer('set-aside', `${vendor} bills in ${found.currency}, this is in ${currency}.`, null);
  if (total > found.limit)
    return answer('set-aside', `${total} ${currency} is above the limit of ${found.limit}.`, null);
  const post = { invoice, vendor: found.id, total, currency, account: found.account };
  return { calls: [{ tool: 'ledger.post', input: post }], latencyMs, ...tokens };
});
