import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type AgentContext, defineAgent, type Json } from 'nightdesk/agent';

/*
 * A task of the storm: reads, does what its kind says, then sends two effects into a ledger. The ledger stands for another
 * system, and for a witness: it writes down every attempt, every run of a step, every effect that began and every one that
 * landed, with the process that did it. Nothing that dies takes a line of it along (its file is the kernel's by then).
 */
type Input = {
  n: number;
  kind: 'plain' | 'sleep' | 'ask' | 'spawn' | 'model';
  recovery: 'reconcile' | 'idempotent' | 'manual';
  /** ms that each effect takes before it lands, and after. */
  beforeMs: number;
  afterMs: number;
  sleepMs?: number;
  /** ms until the question answers itself. */
  deadlineMs?: number;
  child?: Input;
};

liftFileLimit();
const db = new Database(join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'ledger.db'), { timeout: 100_000 });
db.pragma('journal_mode = WAL');
db.pragma('synchronous = OFF');
db.exec(`
  CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY, n INTEGER NOT NULL, attempt INTEGER NOT NULL, what TEXT NOT NULL, pid INTEGER NOT NULL, desk INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, key TEXT NOT NULL, n INTEGER NOT NULL, leg TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS entry_key ON entry (key);
`);
const desk = process.ppid;
const writeEvent = db.prepare('INSERT INTO event (n, attempt, what, pid, desk) VALUES (?, ?, ?, ?, ?)');
const insert = db.prepare('INSERT INTO entry (key, n, leg) VALUES (?, ?, ?)');
const find = db.prepare<[string], { id: number }>('SELECT id FROM entry WHERE key = ?');

function witness(n: number, context: AgentContext, what: string): null {
  writeEvent.run(n, context.task.attempt, what, process.pid, desk);
  return null;
}

const land = db.transaction((key: string, { n, recovery }: Input, leg: string, context: AgentContext): number => {
  witness(n, context, `landed ${leg}`);
  // Only a system that knows its keys takes the same one once.
  const known = recovery === 'idempotent' ? find.get(key) : undefined;
  return known?.id ?? Number(insert.run(key, n, leg).lastInsertRowid);
});

/** A worker that was forked while the disk was full has its desk's limit. The ledger's disk is another one. */
function liftFileLimit(): void {
  if (!/^Max file size\s+0 /m.test(readFileSync('/proc/self/limits', 'utf8'))) return;
  execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited:unlimited']);
}

async function pass(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

async function byKind(context: AgentContext, input: Input): Promise<Json> {
  switch (input.kind) {
    case 'plain':
      return null;
    case 'sleep':
      await context.sleep('rest', input.sleepMs ?? 0);
      return null;
    case 'ask': {
      const { deadlineMs } = input;
      const { choice } = await context.ask('go on?', {
        text: `May task ${input.n} go on?`,
        choices: ['yes', 'no', 'late'],
        ...(deadlineMs === undefined ? {} : { deadline: { afterMs: deadlineMs, choice: 'late' } }),
      });
      return choice;
    }
    case 'spawn':
      return (await context.spawn('child', 'storm', input.child as unknown as Json)).output;
    case 'model':
      return await context.llm('think', { prompt: `task ${input.n}` });
  }
}

export default defineAgent({
  async run(context, given) {
    const input = given as unknown as Input;
    witness(input.n, context, 'attempt');
    const doubled = await context.step('read', () => {
      witness(input.n, context, 'read');
      return input.n * 2;
    });
    const heard = await byKind(context, input);
    const entries: number[] = [];
    for (const leg of ['debit', 'credit']) {
      const { entry } = await context.effect<{ entry: number }>(leg, {
        recovery: input.recovery,
        run: async (key) => {
          witness(input.n, context, `began ${leg}`);
          await pass(input.beforeMs);
          const entry = land.immediate(key, input, leg, context);
          await pass(input.afterMs);
          return { entry };
        },
        check: (key) => {
          const row = find.get(key);
          return row && { entry: row.id };
        },
      });
      entries.push(entry);
      // Whoever comes here has the result of the debit on the disk.
      if (leg === 'debit') await context.step('note', () => witness(input.n, context, 'note'));
    }
    return { doubled, heard, entries };
  },
});
