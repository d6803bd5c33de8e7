/*
 * A server that shakes hands, lists one tool, and answers a call with garbage: lines that are no JSON, then an answer
 * that is no MCP answer.
 */
import { createInterface } from 'node:readline';

function answer(id: unknown, result: unknown): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line) as {
    id?: number;
    method: string;
    params?: { protocolVersion?: string };
  };
  switch (method) {
    case 'initialize':
      process.stdout.write('hello, this is no JSON\n');
      return answer(id, {
        protocolVersion: params?.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'garbage', version: '1' },
      });
    case 'tools/list':
      return answer(id, { tools: [{ name: 'talk', inputSchema: { type: 'object' } }] });
    case 'tools/call':
      process.stdout.write('}{ \u0000 not json\n');
      return answer(id, { content: 'nonsense' });
    default:
      if (id !== undefined) answer(id, {});
  }
});
