/*
 * What `nightdesk agent new` writes: a small agent that works at once, to be changed into one's own. It sorts a message:
 * looks up how urgent its kind is, files it once, and says why.
 */

const INPUT_SCHEMA = {
  type: 'object',
  required: ['id', 'text'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', minLength: 1, description: 'Names the message in the system it comes from.' },
    text: { type: 'string', minLength: 1 },
  },
};

const OUTPUT_SCHEMA = {
  type: 'object',
  required: ['kind', 'ticket', 'reason'],
  additionalProperties: false,
  properties: {
    kind: { enum: ['question', 'complaint', 'other'] },
    ticket: { type: 'string', minLength: 1 },
    reason: { type: 'string', minLength: 1 },
  },
};

const FIXTURES = [
  { id: 'M-1', text: 'Where is my parcel? It was to come on Monday.' },
  { id: 'M-2', text: 'The lamp arrived broken, and nobody answers the phone.' },
];

const MODEL_AGENT = (name: string) => `---
name: ${name}
description: Sorts a message, files it as a ticket, and says why.
model: [anthropic/claude-sonnet-4-5, openai/gpt-5]
tools: [kinds.lookup, tickets.file]
maxTurns: 8
nightdesk:
  input: ./input.schema.json
  output: ./output.schema.json
  retry: { attempts: 5, initial: 1s, max: 60s }
  limits: { timeout: 2m, tool: 30s, cost: 0.10 }
  intake: { concurrency: 4 }
  objective: { success: 99% }
---
You sort messages to a small shop.

1. Decide what the message is: a question, a complaint, or something other. Look up what that kind means with \`kinds.lookup\`.
2. File it once with \`tickets.file\`.
3. Answer with one JSON document: \`{"kind": "...", "ticket": "...", "reason": "..."}\`. The reason is one plain sentence.
`;

const CODE_AGENT = (name: string) => `---
name: ${name}
description: Sorts a message, files it as a ticket, and says why.
model: [anthropic/claude-sonnet-4-5, openai/gpt-5]
tools: [kinds.lookup, tickets.file]
nightdesk:
  input: ./input.schema.json
  output: ./output.schema.json
  retry: { attempts: 5, initial: 1s, max: 60s }
  limits: { timeout: 2m, tool: 30s, cost: 0.10 }
  intake: { concurrency: 4 }
  objective: { success: 99% }
---
A code agent: agent.ts says what it does.
`;

const AGENT_TS = `import { defineAgent } from 'nightdesk/agent';
import { z } from 'zod';

const messageSchema = z.object({ id: z.string(), text: z.string() });
const verdictSchema = z.object({ kind: z.enum(['question', 'complaint', 'other']), reason: z.string() });
const ticketSchema = z.object({ ticket: z.string() });

/**
 * Everything that costs or changes something goes through ctx: it is journaled, and an attempt that follows a crash
 * finds it done. Names of steps are unique within a task.
 */
export default defineAgent({
  async run(ctx, input) {
    const message = messageSchema.parse(input);
    const answer = await ctx.llm('sort', {
      system: 'Sort the message: question, complaint or other. Answer with {"kind": "...", "reason": "..."} only.',
      prompt: message.text,
    });
    const { kind, reason } = verdictSchema.parse(JSON.parse(answer));
    await ctx.tool('kinds.lookup', { kind });
    const { ticket } = ticketSchema.parse(await ctx.tool('tickets.file', { id: message.id, kind }));
    return { kind, ticket, reason };
  },
});
`;

const TOOLS_TS = `import { defineTool, defineTools } from 'nightdesk/agent';
import { z } from 'zod';

const kind = z.enum(['question', 'complaint', 'other']);
const URGENCY = { question: 'within a day', complaint: 'within an hour', other: 'within a week' };

export default defineTools({
  'kinds.lookup': defineTool({
    description: 'Says how soon a kind of message is answered.',
    input: z.object({ kind }),
    run: (input) => ({ answered: URGENCY[input.kind] }),
  }),
  'tickets.file': defineTool({
    description: 'Files the message as a ticket and answers with its number.',
    input: z.object({ id: z.string().min(1), kind }),
    // It changes another system: the intent and a key are journaled before it runs. After a crash it is run again with
    // the same key (idempotent), asked for with check(key) (reconcile), or left to a person (manual).
    effect: 'idempotent',
    run({ id }, { key }) {
      // Here your own system is called, and given \`key\`, so that the same key makes no second ticket.
      return { ticket: \`\${id}-\${key.slice(3, 9)}\` };
    },
  }),
});
`;

const MODEL_REHEARSAL = `import { defineRehearsal } from 'nightdesk/agent';

type Message = { id: string; text: string };

/** Plays the model, so that the agent runs with no key and no network. */
export default defineRehearsal(({ input, results, random }) => {
  const { id, text } = input as Message;
  const kind = text.includes('?') ? 'question' : 'complaint';
  const cost = { latencyMs: 100 + random() * 400, tokensIn: 300 + results.length * 80, tokensOut: 40 };
  const filed = results.find((each) => each.tool === 'tickets.file')?.result as { ticket: string } | undefined;
  if (results.length === 0) return { calls: [{ tool: 'kinds.lookup', input: { kind } }], ...cost };
  if (!filed) return { calls: [{ tool: 'tickets.file', input: { id, kind } }], ...cost };
  return { text: JSON.stringify({ kind, ticket: filed.ticket, reason: \`It reads like a \${kind}.\` }), ...cost };
});
`;

const CODE_REHEARSAL = `import { defineRehearsal } from 'nightdesk/agent';

/** Plays the model, so that the agent runs with no key and no network. */
export default defineRehearsal(({ prompt, random }) => {
  const kind = prompt.includes('?') ? 'question' : 'complaint';
  return {
    text: JSON.stringify({ kind, reason: \`It reads like a \${kind}.\` }),
    latencyMs: 100 + random() * 400,
    tokensIn: 300,
    tokensOut: 40,
  };
});
`;

/** The files of a new agent, by path within its folder. @param code whether its run is code, and not a model loop */
export function agentFiles(name: string, code: boolean): Record<string, string> {
  const fixtures = FIXTURES.map((fixture, index) => [`fixtures/0${index + 1}.json`, json(fixture)]);
  return {
    'agent.md': code ? CODE_AGENT(name) : MODEL_AGENT(name),
    ...(code ? { 'agent.ts': AGENT_TS } : {}),
    'tools.ts': TOOLS_TS,
    'rehearsal.ts': code ? CODE_REHEARSAL : MODEL_REHEARSAL,
    'input.schema.json': json(INPUT_SCHEMA),
    'output.schema.json': json(OUTPUT_SCHEMA),
    ...Object.fromEntries(fixtures),
  };
}

/** For editors and tsc, beside the agents: what they import is found under .nightdesk/, with nothing installed. */
export const TSCONFIG = json({
  compilerOptions: {
    target: 'ES2024',
    lib: ['ES2024', 'DOM'],
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    paths: {
      'nightdesk/agent': ['./.nightdesk/agent.d.ts'],
      zod: ['./.nightdesk/zod/index.d.ts'],
    },
  },
  include: ['**/*.ts'],
});

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
