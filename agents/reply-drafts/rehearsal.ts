import { defineRehearsal } from 'nightdesk/agent';

type Letter = { from: string; order?: string; text: string };

const TOPICS = [
  ['return', /return|refund|exchange|broken|zurück|retour/i],
  ['invoice', /invoice|rechnung|facture|tax|payment/i],
  ['delivery', /where|late|arriv|deliver|lieferung|livraison|tracking/i],
] as const;

/** Plays the model: order, rule, draft, answer. */
export default defineRehearsal(({ input, results, random }) => {
  const { from, order, text } = input as Letter;
  const done = (tool: string): boolean => results.some((each) => each.tool === tool);
  const cost = {
    latencyMs: 150 + random() * random() * 1_100,
    tokensIn: 1_100 + results.length * 240 + Math.round(random() * 200),
    tokensOut: 90 + Math.round(random() * 120),
  };
  const topic = TOPICS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
  if (order !== undefined && !done('orders.lookup'))
    return { calls: [{ tool: 'orders.lookup', input: { order } }], ...cost };
  if (!done('policy.search'))
    return {
      calls: [{ tool: 'policy.search', input: { words: topic === 'other' ? 'return delivery' : topic } }],
      ...cost,
    };
  if (!done('draft.save')) {
    const body = `Dear ${from},\n\nthank you for your letter. ${topic === 'delivery' ? 'Your parcel is on its way.' : 'We have looked into it and will put it right.'}\n\nKind regards`;
    return { calls: [{ tool: 'draft.save', input: { to: from, body } }], ...cost };
  }
  const saved = results.find((each) => each.tool === 'draft.save')?.result as { draft: number };
  return {
    text: JSON.stringify({ draft: saved.draft, topic, confidence: Math.round((0.7 + random() * 0.3) * 100) / 100 }),
    ...cost,
  };
});
