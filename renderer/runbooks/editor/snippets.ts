import { type Verb, verbSchema } from '#contract/runbook.ts';
import { VERBS } from '#contract/runbook-grammar.ts';

/** A step to write: what it is called, and its lines; `#{…}` are the places to fill in, one after the other. */
export type Snippet = { label: string; says: string; lines: string };

const TITLES: Record<Verb, string> = {
  verify: 'It is so',
  ask: 'What is it?',
  wait: 'Give it time',
  show: 'Look at the failures',
  pause: 'Stop intake',
  resume: 'Open intake',
  drain: 'Let what runs end',
  reroute: 'Shift traffic',
  requeue: 'Retry what was lost',
  cancel: 'End the task',
  retry: 'Try it now',
  set: 'Limit it',
  reset: 'Close the breaker',
  run: 'Try one task',
  scale: 'Do less at once',
  notify: 'Tell people',
  http: 'Tell the other system',
  shell: 'Run it',
};

const FENCE = ['', '  ```sh', '  #{command}', '  ```'];

/** One step for each verb, as its grammar shows it. */
export const SNIPPETS: readonly Snippet[] = [
  ...verbSchema.options.map((verb) => ({ label: `${verb} step`, says: VERBS[verb].says, lines: stepOf(verb) })),
  { label: 'step by hand', says: 'is checked off by a person', lines: '- [ ] #{What to do}' },
];

function stepOf(verb: Verb): string {
  const { example, fence } = VERBS[verb];
  return [
    `- [ ] **#{${TITLES[verb]}}** \`${escaped(example)}\``,
    ...under(verb),
    ...(fence === 'required' ? FENCE : []),
  ].join('\n');
}

function under(verb: Verb): string[] {
  switch (verb) {
    case 'ask':
      return ['  - `#{value}`: [#{Section}](##{section})'];
    case 'pause':
    case 'drain':
      return [
        escaped(`  - verify: \`running_tasks(agent=\${agent}) == 0 within 5m\``),
        escaped(`  - undo: \`resume agent=\${agent}\``),
      ];
    case 'http':
      return ['', '  ```json', '  \\{ "text": "#{what it says}" \\}', '  ```'];
    case 'reroute':
      return [escaped(`  - undo: \`reroute agent=\${agent} to=default\``)];
    default:
      return [];
  }
}

/** Braces that are no place to fill in. */
function escaped(text: string): string {
  return text.replace(/[{}]/g, (brace) => `\\${brace}`);
}
