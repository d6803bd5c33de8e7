import { setTimeout as pause } from 'node:timers/promises';
import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import { z } from 'zod';
import type { Json } from '#contract/basic.ts';
import type { ServerSupply } from '../engine/protocol.ts';
import type { Tool } from './agent-api.ts';
import { type McpSession, openSession } from './mcp-session.ts';
import { ToolFailure } from './tool-failure.ts';
import { failWith, messageOf } from './unwind.ts';

/** A call waits this long for a server that is being started, ms. */
const PATIENCE_MS = 10_000;
/** A server that lived this long had started well: the next start is not delayed, ms. */
const WELL_MS = 10_000;
const FIRST_DELAY_MS = 200;
const DELAY_CAP_MS = 30_000;

/** A tool of an MCP server: its input schema is the server's own. */
export type McpToolOfAgent = Tool & { inputSchema: Json; timeoutMs: number };

/** The MCP servers of the settings, each started when it is first needed and kept up from then on. */
export type Mcp = {
  /** Puts servers in force; one that changed or is gone is left. */
  configure(servers: Record<string, ServerSupply>): void;
  /**
   * The tool `mcp:SERVER/TOOL`, once its server is up.
   * @throws a ToolFailure when it is not, or an Unwind when there is no such server or tool
   */
  tool(name: string, signal: AbortSignal): Promise<McpToolOfAgent>;
  /** All tools that a server lists, by full name. */
  toolsOf(server: string, signal: AbortSignal): Promise<string[]>;
  close(): Promise<void>;
};

/** Keeps one server up until it is closed. */
type Supervised = {
  server: ServerSupply;
  session(signal: AbortSignal): Promise<McpSession>;
  close(): Promise<void>;
};

export function isMcpTool(name: string): boolean {
  return name.startsWith('mcp:');
}

/** `mcp:SERVER/TOOL` in its two parts; undefined for a name that is not one. */
export function partsOf(name: string): { server: string; tool: string } | undefined {
  const match = /^mcp:([^/]+)\/(.+)$/.exec(name);
  return match ? { server: match[1] ?? '', tool: match[2] ?? '' } : undefined;
}

export type McpOptions = {
  log(message: string): void;
  /** A server's process began or ended. */
  onProcess(pid: number, alive: boolean): void;
};

export function createMcp(options: McpOptions): Mcp {
  const supervised = new Map<string, Supervised>();
  let servers: Record<string, ServerSupply> = {};

  function find(name: string): Supervised {
    const known = supervised.get(name);
    if (known) return known;
    const server = servers[name];
    if (!server) {
      const names = Object.keys(servers).join(', ') || 'none';
      throw failWith('definition', `there is no MCP server "${name}" in nightdesk.yaml; it has: ${names}`);
    }
    const started = supervise(name, server, options);
    supervised.set(name, started);
    return started;
  }

  return {
    configure(next) {
      servers = next;
      for (const [name, { server, close }] of supervised) {
        if (JSON.stringify(server) === JSON.stringify(next[name])) continue;
        supervised.delete(name);
        void close();
      }
    },
    async tool(name, signal) {
      const parts = partsOf(name);
      if (!parts) throw failWith('definition', `"${name}" is no MCP tool; write mcp:SERVER/TOOL`);
      const owner = find(parts.server);
      const session = await owner.session(signal);
      const found = session.tools.get(parts.tool);
      if (!found) {
        const names = [...session.tools.keys()].join(', ') || 'none';
        throw failWith('definition', `mcp:${parts.server} has no tool "${parts.tool}"; it has: ${names}`);
      }
      if (owner.server.kind === 'unusable') throw new Error('a server that cannot be used has no session');
      const { timeoutMs } = owner.server;
      const effect = owner.server.effects[parts.tool];
      return {
        description: found.description,
        input: inputOf(found.inputSchema),
        inputSchema: found.inputSchema,
        timeoutMs,
        ...(effect === undefined ? {} : { effect }),
        run: async (input, context) => {
          // The connection may have been lost and won again since the tool was looked up.
          const current = await owner.session(context.signal);
          const { key, signal, timeoutMs: limitMs } = context;
          return current.call(parts.tool, input as Json, { key, timeoutMs: limitMs, signal });
        },
      };
    },
    async toolsOf(server, signal) {
      const session = await find(server).session(signal);
      return [...session.tools.keys()].map((tool) => `mcp:${server}/${tool}`);
    },
    async close() {
      await Promise.all([...supervised.values()].map((each) => each.close()));
    },
  };
}

/** A server's own schema, to tell a model early what does not fit; one that zod cannot read is left to the server. */
function inputOf(schema: Json): z.ZodType {
  try {
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch {
    return z.record(z.string(), z.json());
  }
}

/** Starts a server again whenever it is lost, with capped backoff while it does not live. */
function supervise(name: string, server: ServerSupply, options: McpOptions): Supervised {
  const stop = new AbortController();
  /** Told when it is up, or that it did not start. */
  const waiting = new Set<(session: McpSession | undefined) => void>();
  let current: McpSession | undefined;
  let last: ToolFailure | undefined;
  let tries = 0;

  async function live(usable: Exclude<ServerSupply, { kind: 'unusable' }>): Promise<void> {
    if (stop.signal.aborted) return;
    const startedAt = performance.now();
    tries += 1;
    try {
      const probe = usable.kind === 'http' ? tries % 2 === 1 : tries % 2 === 0;
      current = await openSession({ name, server: usable, probe, ...options });
    } catch (error) {
      last = error instanceof ToolFailure ? error : undefined;
      for (const refuse of waiting) refuse(undefined);
      waiting.clear();
      options.log(`mcp:${name} does not start: ${messageOf(error)}`);
      throw error;
    }
    last = undefined;
    for (const give of waiting) give(current);
    waiting.clear();
    if (stop.signal.aborted) await current.close();
    await current.over;
    current = undefined;
    // Another negotiation is no use to a server that was up.
    tries -= 1;
    if (stop.signal.aborted) return;
    options.log(`mcp:${name} was lost; it is started again`);
    if (performance.now() - startedAt < WELL_MS) throw new Error('it did not live long');
  }

  async function keepUp(usable: Exclude<ServerSupply, { kind: 'unusable' }>): Promise<void> {
    const policy = retry(handleAll, {
      maxAttempts: Number.MAX_SAFE_INTEGER,
      backoff: new ExponentialBackoff({ initialDelay: FIRST_DELAY_MS, maxDelay: DELAY_CAP_MS }),
    });
    while (!stop.signal.aborted) await policy.execute(() => live(usable), stop.signal).catch(() => {});
  }

  if (server.kind !== 'unusable') void keepUp(server);

  return {
    server,
    async session(signal) {
      if (server.kind === 'unusable') {
        throw new ToolFailure({ class: 'auth', message: `mcp:${name} ${server.why}`, source: `mcp:${name}` }, 'no');
      }
      if (current) return current;
      // One that did not start last time is not waited for: its tasks would hold slots that others could use.
      if (last) throw last;
      const patience = new AbortController();
      let give = (_session: McpSession | undefined): void => {};
      const found = new Promise<McpSession | undefined>((resolve) => {
        give = resolve;
        waiting.add(give);
      });
      const late = pause(PATIENCE_MS, null, { signal: AbortSignal.any([signal, patience.signal]) });
      try {
        const won = await Promise.race([found, late]);
        if (won) return won;
      } catch {
        // The attempt ended meanwhile.
        signal.throwIfAborted();
      } finally {
        patience.abort();
        waiting.delete(give);
        late.catch(() => {});
      }
      throw (
        last ?? new ToolFailure({ class: 'transient', message: `mcp:${name} is not up`, source: `mcp:${name}` }, 'no')
      );
    },
    async close() {
      stop.abort();
      await current?.close();
    },
  };
}
