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
const attempts = new Map<string, ReturnType<typeof createAttempt>>();
/** Attempts whose code is still being loaded, and whether they were told to stop meanwhile. */
const loading = new Map<string, { aborted: boolean }>();
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
      attempts.get(attemptKey(message))?.acknowledge(message.seq);
      return;
    case 'pass':
      attempts.get(attemptKey(message))?.pass(message.verdict);
      return;
    case 'abort': {
      const early = loading.get(attemptKey(message));
      if (early) early.aborted = true;
      attempts.get(attemptKey(message))?.abort();
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
  const early = { aborted: false };
  loading.set(attemptKey(start), early);
  const loaded = await code.catch((error: unknown) => messageOf(error));
  loading.delete(attemptKey(start));
  if (typeof loaded === 'string') {
    codes.delete(definition.hash);
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
  const attempt = createAttempt({
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
  attempts.set(attemptKey(start), attempt);
  if (early.aborted) attempt.abort();
  await attempt.run();
  attempts.delete(attemptKey(start));
}

link.send({ t: 'ready' });
setInterval(() => link.send({ t: 'beat' }), BEAT_MS);
