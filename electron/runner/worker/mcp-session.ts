import type { CallToolResult, Transport } from '@modelcontextprotocol/client';
import type { Json } from '#contract/basic.ts';
import type { ErrorClass } from '#contract/task.ts';
import type { ServerSupply } from '../engine/protocol.ts';
import { ToolFailure } from './tool-failure.ts';
import { messageOf } from './unwind.ts';

/** A server that does not shake hands within this is down, ms. */
const HANDSHAKE_MS = 15_000;
/** A server that let a call time out must answer a ping within this, or is started again, ms. */
const PING_MS = 5_000;
/** Where a server that heeds it finds the idempotency key of an effect. */
const KEY_META = 'nightdesk.dev/idempotency-key';
/** What a tool may say of itself to the model, characters. */
const DESCRIPTION_LIMIT = 4_000;

/** A tool as its server lists it. */
export type McpTool = { name: string; description: string; inputSchema: Json };

/** One connection to one MCP server, from handshake to loss. */
export type McpSession = {
  /** Listed once. */
  tools: ReadonlyMap<string, McpTool>;
  /** @throws a ToolFailure when no answer came; what the tool itself refuses is an answer: `{ error }` */
  call(tool: string, input: Json, options: { key: string; timeoutMs: number; signal: AbortSignal }): Promise<Json>;
  /** Settles when the connection is lost or closed. */
  over: Promise<void>;
  close(): Promise<void>;
};

export type OpenOptions = {
  name: string;
  server: Exclude<ServerSupply, { kind: 'unusable' }>;
  /** Ask for the stateless protocol first. It costs a stdio server a second start, so that is not the first try. */
  probe: boolean;
  log(message: string): void;
  onProcess(pid: number, alive: boolean): void;
};

/** Starts or reaches a server, shakes hands and lists its tools. @throws a ToolFailure that says what went wrong */
export async function openSession(options: OpenOptions): Promise<McpSession> {
  const { name, server } = options;
  const sdk = await import('@modelcontextprotocol/client');
  const client = new sdk.Client(
    { name: 'nightdesk', version: '1' },
    { versionNegotiation: { mode: options.probe ? 'auto' : 'legacy' } },
  );
  let ended = (): void => {};
  const over = new Promise<void>((resolve) => {
    ended = resolve;
  });
  let pid: number | undefined;
  client.onclose = () => {
    if (pid !== undefined) options.onProcess(pid, false);
    ended();
  };
  const onStart = (started: number): void => {
    pid = started;
    options.onProcess(started, true);
  };
  client.onerror = (error) => options.log(`mcp:${name}: ${messageOf(error)}`);
  let tools: Map<string, McpTool>;
  try {
    await client.connect(await transportOf(options, onStart), { timeout: HANDSHAKE_MS });
    const listed = await client.listTools(undefined, { timeout: HANDSHAKE_MS });
    tools = new Map(
      listed.tools.map((tool) => [
        tool.name,
        {
          name: tool.name,
          description: (tool.description ?? tool.title ?? tool.name).slice(0, DESCRIPTION_LIMIT),
          inputSchema: JSON.parse(JSON.stringify(tool.inputSchema)) as Json,
        },
      ]),
    );
  } catch (error) {
    await client.close().catch(() => {});
    throw failureOf(sdk, name, error, 'no');
  }

  /** Whether a server that was slow is alive; one that is not is closed, and so started again. */
  function doubt(): void {
    void client.ping({ timeout: PING_MS }).catch(() => client.close().catch(() => {}));
  }

  return {
    tools,
    over,
    async call(tool, input, { key, timeoutMs, signal }) {
      try {
        const result = await client.callTool(
          { name: tool, arguments: asArguments(input), ...(key === '' ? {} : { _meta: { [KEY_META]: key } }) },
          { timeout: timeoutMs, maxTotalTimeout: timeoutMs, signal },
        );
        return answerOf(result);
      } catch (error) {
        if (signal.aborted) {
          if (signal.reason instanceof ToolFailure) doubt();
          throw signal.reason;
        }
        if (error instanceof sdk.ProtocolError) return { error: `${tool}: ${error.message}` };
        const failure = failureOf(sdk, name, error, 'unknown');
        if (failure.error.class === 'timeout') doubt();
        // Over HTTP a lost server is noticed by the call alone.
        else if (server.kind === 'http') void client.close().catch(() => {});
        throw failure;
      }
    },
    close: () => client.close().catch(() => {}),
  };
}

async function transportOf({ name, server, log }: OpenOptions, onStart: (pid: number) => void): Promise<Transport> {
  switch (server.kind) {
    case 'stdio': {
      const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
      const { command, args, env, cwd } = server;
      const transport = new StdioClientTransport({ command, args, env, cwd, stderr: 'pipe' });
      const start = transport.start.bind(transport);
      transport.start = async () => {
        await start();
        if (transport.pid !== null) onStart(transport.pid);
      };
      transport.stderr?.on('data', (text: Buffer) => {
        for (const line of text.toString('utf8').split('\n')) if (line.trim() !== '') log(`mcp:${name}: ${line}`);
      });
      return transport;
    }
    case 'http': {
      const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
      return new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers: server.headers } });
    }
  }
}

type Sdk = typeof import('@modelcontextprotocol/client');

/** @param landed what is known of a call whose request may have left */
function failureOf(sdk: Sdk, server: string, error: unknown, landed: 'no' | 'unknown'): ToolFailure {
  const source = `mcp:${server}`;
  const fail = (errorClass: ErrorClass, message: string, known = landed, status?: number): ToolFailure =>
    new ToolFailure(
      { class: errorClass, message: `${source} ${message}`, source, ...(status === undefined ? {} : { status }) },
      known,
    );
  if (error instanceof sdk.UnauthorizedError) return fail('auth', 'does not take its credentials', 'no');
  if (error instanceof sdk.SdkHttpError) {
    const { status } = error;
    const message = `answered with status ${status}`;
    if (status === 401 || status === 403) return fail('auth', message, 'no', status);
    if (status === 429) return fail('rate-limited', message, 'no', status);
    return fail('transient', message, status === 404 ? 'no' : landed, status);
  }
  if (error instanceof sdk.SdkError) {
    switch (error.code) {
      case sdk.SdkErrorCode.RequestTimeout:
        return fail('timeout', 'did not answer in time');
      case sdk.SdkErrorCode.NotConnected:
        return fail('transient', 'is not connected', 'no');
      case sdk.SdkErrorCode.ConnectionClosed:
        return fail('transient', 'went away');
      case sdk.SdkErrorCode.InvalidResult:
        return fail('transient', `answered with what is no MCP answer: ${messageOf(error)}`);
      default:
        return fail('transient', `cannot be reached: ${messageOf(error)}`);
    }
  }
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return fail('transient', `cannot be reached: ${messageOf(error)}${cause}`);
}

function asArguments(input: Json): Record<string, Json> {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
}

/** What a call gave, as JSON for a journal and a model: bytes are left out, they would be noise to both. */
function answerOf(result: CallToolResult): Json {
  const parts = result.content.map(jsonOf);
  const whole: Json = parts.length === 1 ? (parts[0] ?? null) : parts;
  if (result.isError === true) return { error: whole };
  return result.structuredContent === undefined ? whole : (result.structuredContent as Json);
}

function jsonOf(part: CallToolResult['content'][number]): Json {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image':
    case 'audio':
      return { type: part.type, mimeType: part.mimeType, omitted: `${part.data.length} characters of base64` };
    case 'resource_link':
      return { type: part.type, name: part.name, uri: part.uri };
    case 'resource':
      return 'text' in part.resource
        ? { type: part.type, uri: part.resource.uri, text: part.resource.text }
        : { type: part.type, uri: part.resource.uri, omitted: `${part.resource.blob.length} characters of base64` };
  }
}
