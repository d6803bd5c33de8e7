import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const CODE = fileURLToPath(new URL('./failing-agents', import.meta.url));
const GUARDED = fileURLToPath(new URL('./guard-agents', import.meta.url));
/** A dollar is a thousand tokens: a call costs $0.10. */
const PRICE = { input: 1_000, output: 1_000 };
const ONCE = { attempts: 1 };

type Definition = { model?: string; nightdesk?: object };

/** Agents that run the same code, and what each promises or is allowed: one for each way to fail. */
const AGENTS = {
  stranded: { model: 'kappa/k', nightdesk: { retry: { attempts: 50, initial: '50ms', max: '50ms' } } },
  flaky: { model: 'lambda/l', nightdesk: { retry: ONCE } },
  slow: { model: 'mu/m', nightdesk: { objective: { p95: '200ms' } } },
  nearly: { model: 'nu/n', nightdesk: { budget: { daily: 1 }, limits: { output: 100 } } },
  spent: { model: 'nu/n', nightdesk: { budget: { daily: 0.5 }, limits: { output: 100 } } },
  hasty: {},
  unproven: {},
  doubtful: { nightdesk: { retry: ONCE, limits: { tool: '300ms' } } },
  late: { nightdesk: { limits: { deadline: '1s' } } },
  piled: { nightdesk: { limits: { deadline: '1s' }, intake: { concurrency: 1 } } },
  silent: { nightdesk: { expect: { every: '5s' } } },
  known: { nightdesk: { canary: { every: '5s', input: 'known.json', expect: { posted: true } } } },
  clocked: {
    nightdesk: { schedule: { cron: '* * * * * UTC', missed: 'skip' }, intake: { concurrency: 1, queue: 1 } },
  },
} as const satisfies Record<string, Definition>;
export type FailingAgent = keyof typeof AGENTS;

/** Writes them into a data folder, with settings under which they can fail; those of guard-agents are there, too. @param settings of nightdesk.yaml, beside these */
export function writeFailing(folder: string, settings: object = {}): void {
  for (const [name, { model = 'omega/o', nightdesk = {} }] of Object.entries<Definition>(AGENTS)) {
    const to = join(folder, 'agents', name);
    cpSync(CODE, to, { recursive: true });
    mkdirSync(join(to, 'fixtures'));
    const tools = ['note.take', 'mail.send', 'bank.pay'];
    const front = stringify({ name, description: `Fails in its way: ${name}.`, model, tools, nightdesk });
    writeFileSync(join(to, 'agent.md'), `---\n${front}---\nA code agent: see agent.ts.\n`);
  }
  writeFileSync(join(folder, 'agents/known/fixtures/known.json'), JSON.stringify({ do: 'nothing' }));
  writeFileSync(
    join(folder, 'nightdesk.yaml'),
    stringify({ agents: [GUARDED], prices: { 'nu/n': PRICE }, ...settings }),
  );
}
