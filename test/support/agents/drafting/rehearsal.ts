import { defineRehearsal } from 'nightdesk/agent';

type Input = { calls?: { tool: string; input: Record<string, string> }[]; outputs: { text: string }[] };

/** Makes the calls of its input, then gives its outputs, one after the other, the last one again and again. */
export default defineRehearsal(({ judging, prompt, input, turn, results }) => {
  const cost = { latencyMs: 1, tokensIn: 100, tokensOut: 10 };
  if (judging) {
    const { output } = JSON.parse(prompt) as { output: { text: string } };
    const rude = output.text.includes('fool');
    return { text: JSON.stringify(rude ? { ok: false, why: 'it calls somebody a fool' } : { ok: true }), ...cost };
  }
  const { calls = [], outputs } = input as Input;
  const call = calls[turn - 1];
  if (call) return { calls: [call], ...cost };
  const output = outputs[turn - 1 - calls.length] ?? outputs.at(-1);
  // What a person said in between shows up in the answer.
  const said = prompt.includes('sends it back')
    ? { ...output, text: `${output?.text} (${prompt.split(': ')[1]})` }
    : output;
  const heard =
    results.length > 0 ? { ...said, text: `${said?.text} ${JSON.stringify(results.at(-1)?.result)}` } : said;
  return { text: JSON.stringify(heard), ...cost };
});
