import type { AgentDefinition } from '#contract/agent.ts';
import { readSnapshot } from '../definition/snapshot.ts';
import { BEAT_MS, type DeskMessage, type WorkerMessage } from '../engine/protocol.ts';
import { createAttempt } from './attempt.ts';
import { connect } from './link.ts';
import { createMcp } from './mcp.ts';
import { type AgentCode, loadCode, provideModules } from './modules.ts';
import { createWorkerSupply, maskPrinted } from './supply.ts';
import { messageOf } from './unwind.ts';

/*
 * A worker process: runs attempts of agents, journals through the desk, owns nothing. It may be killed at any instant.
 */

await provideModules();
const definitions = new Map<string, AgentDefinition>();
const codes = new Map<string, Promise<AgentCode>>();
/**
 * An attempt that has begun. `running` is undefined while its code is being loaded, and once it is over: what a Map held
 * stays reachable from its earlier tables until the whole heap is collected, and an attempt is not small.
 */
type Begun = { running: ReturnType<typeof createAttempt> | undefined; aborted: boolean };
const begun = new Map<string, Begun>();
let refused: ReadonlySet<string> = new Set();
const dataFolder = process.env.NIGHTDESK_DATA_FOLDER ?? '.';
const link = connect(receive);
const supply = createWorkerSupply(process.env);
maskPrinted(supply.mask);
const mcp = createMcp({
  log: (message) => process.stderr.write(`${message}\n`),
  onProcess: (pid, alive) => send({ t: 'child', pid, alive }),
});

/** No secret leaves this process. */
function send(message: WorkerMessage): void {
  link.send(supply.mask().json(message));
}

function attemptKey(message: { task: number; epoch: number }): string {
  return `${message.task}.${message.epoch}`;
}

function receive(message: DeskMessage): void {
  switch (message.t) {
    case 'supply':
      supply.take(message.supply);
      mcp.configure(message.supply.servers);
      return;
    case 'integrations':
      refused = new Set(message.refused);
      return;
    case 'define':
      definitions.set(message.definition.hash, message.definition);
      codes.delete(message.definition.hash);
      return;
    case 'start':
      void begin(message);
      return;
    case 'ack':
      begun.get(attemptKey(message))?.running?.acknowledge(message.seq);
      return;
    case 'pass':
      begun.get(attemptKey(message))?.running?.pass(message.verdict);
      return;
    case 'abort': {
      const attempt = begun.get(attemptKey(message));
      if (!attempt) return;
      attempt.aborted = true;
      attempt.running?.abort();
    }
  }
}

/** The code that a definition was pinned with. */
async function loadPinned(definition: AgentDefinition): Promise<AgentCode> {
  return loadCode(definition, readSnapshot(dataFolder, definition.hash));
}

async function begin(start: Extract<DeskMessage, { t: 'start' }>): Promise<void> {
  const definition = definitions.get(start.definition);
  if (!definition) throw new Error(`t${start.task} came before its definition ${start.definition}`);
  let code = codes.get(definition.hash);
  if (!code) {
    code = loadPinned(definition);
    codes.set(definition.hash, code);
  }
  const attempt: Begun = { running: undefined, aborted: false };
  begun.set(attemptKey(start), attempt);
  const loaded = await code.catch((error: unknown) => messageOf(error));
  if (typeof loaded === 'string') {
    codes.delete(definition.hash);
    begun.delete(attemptKey(start));
    const error = { class: 'definition', message: loaded } as const;
    send({
      t: 'end',
      task: start.task,
      epoch: start.epoch,
      ending: { kind: 'failed', error, output: null },
      replayed: [],
    });
    return;
  }
  attempt.running = createAttempt({
    start,
    definition,
    code: loaded,
    dataFolder,
    refused: () => refused,
    mcp,
    env: supply.environment,
    secret: (name) => supply.secretFor(definition, name),
    mask: (value) => supply.mask().json(value),
    send,
    now: Date.now,
    random: Math.random,
  });
  if (attempt.aborted) attempt.running.abort();
  await attempt.running.run();
  attempt.running = undefined;
  begun.delete(attemptKey(start));
}

link.send({ t: 'ready' });
setInterval(() => link.send({ t: 'beat' }), BEAT_MS);
