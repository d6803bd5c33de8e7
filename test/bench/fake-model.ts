import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A process of its own that speaks OpenAI's protocol and answers at once, the same to everybody: beside it, what is around a
 * call can be measured. It sends its port to who forked it.
 */
const chunks = ['four', ' words', ' of', ' answer'];

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const say = (part: object): void => {
      response.write(
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'model-a', ...part })}\n\n`,
      );
    };
    for (const content of chunks) say({ choices: [{ index: 0, delta: { role: 'assistant', content } }] });
    say({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    say({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 4, total_tokens: 16 } });
    response.end('data: [DONE]\n\n');
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
