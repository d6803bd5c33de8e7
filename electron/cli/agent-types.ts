import { readFileSync } from 'node:fs';

/*
 * agents/nightdesk-agent.d.ts: what `nightdesk/agent` gives, in one file of its own, so that an editor knows it in a
 * folder without node_modules. Made from agent-api.ts.
 */

/** Types of the contract that agent-api.ts speaks of. A test holds them to the contract. */
const OF_CONTRACT: Record<string, string> = {
  Json: 'export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };',
  Answer: 'export type Answer = { choice: string; text?: string | undefined; value?: Json | undefined };',
  Choice: "export type Choice = { value: string; label: string; takes: 'nothing' | 'text' | 'json' | 'usd' };",
};

/** @param source of electron/runner/worker/agent-api.ts @throws when it imports what is not known here */
export function agentTypes(source: string): string {
  const needed = new Set<string>();
  const body = source
    .replace(/^import type \{([^}]+)\} from '#contract\/[^']+';\n/gm, (_line, names: string) => {
      for (const name of names.split(',')) needed.add(name.trim());
      return '';
    })
    .replace(/^export type \{[^}]+\};\n/gm, '')
    .replace(/\/\*\n[\s\S]*?\*\/\n/, '')
    .replace(/^export function ([\s\S]+?) \{\n[\s\S]*?\n\}$/gm, 'export declare function $1;');
  const foreign = /from '(?!zod)[^']+'/.exec(body);
  if (foreign) throw new Error(`agent-api.ts imports ${foreign[0]}: say its types in agent-types.ts`);
  const types = [...needed].filter(Boolean).map((name) => {
    const type = OF_CONTRACT[name];
    if (type === undefined) throw new Error(`agent-api.ts speaks of ${name}: say it in agent-types.ts`);
    return type;
  });
  const head = '// What `nightdesk/agent` gives. Made by `node electron/cli/agent-types.ts`; not to be edited.';
  const [imports = '', ...rest] = body.trim().split('\n\n');
  return `${[head, imports, ...types, ...rest.map((each) => each.trim()).filter(Boolean)].join('\n\n')}\n`;
}

if (import.meta.main) {
  process.stdout.write(agentTypes(readFileSync(new URL('../runner/worker/agent-api.ts', import.meta.url), 'utf8')));
}
