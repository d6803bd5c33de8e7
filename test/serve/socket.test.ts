import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frameTrouble } from '../../electron/serve/frame.ts';
import { until } from '../support/until.ts';
import { clientOn, openSocket } from './client.ts';
import { serveTiny } from './desk.ts';

let served: Awaited<ReturnType<typeof serveTiny>>;

beforeEach(async () => {
  served = await serveTiny();
});
afterEach(() => served.close());

const bearer = () => ({ authorization: `Bearer ${served.bearer}` });

async function cookie(): Promise<string> {
  const answer = await fetch(served.invite(), { redirect: 'manual' });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('who may open /rpc', () => {
  it('a command line, by bearer token', async () => {
    const socket = await openSocket(served.address, bearer());
    expect(await clientOn(socket).about()).toMatchObject({ desk: 'tiny' });
    expect(served.asked.actors).toEqual([{ name: 'sam', via: 'cli' }]);
    socket.close();
  });

  it('an attached desktop, naming its own person', async () => {
    const socket = await openSocket(served.address, {
      ...bearer(),
      'nightdesk-user': 'ada',
      'nightdesk-via': 'console',
    });
    await clientOn(socket).about();
    expect(served.asked.actors).toEqual([{ name: 'ada', via: 'console' }]);
    socket.close();
  });

  it('the console, by its session and from its own origin', async () => {
    const socket = await openSocket(served.address, { origin: served.address, cookie: await cookie() });
    await clientOn(socket).about();
    expect(served.asked.actors).toEqual([{ name: 'sam', via: 'console' }]);
    socket.close();
  });

  it('nobody else', async () => {
    const session = await cookie();
    const refused = [
      {},
      { authorization: 'Bearer wrong' },
      { cookie: session },
      { origin: 'https://evil.example', cookie: session },
      { origin: 'null', cookie: session },
      { origin: 'https://evil.example', ...bearer() },
      { origin: served.address, cookie: 'nightdesk-1=x' },
      { host: 'evil.example', ...bearer() },
    ];
    for (const headers of refused) {
      await expect(openSocket(served.address, headers as Record<string, string>)).rejects.toThrow('401');
    }
    await expect(openSocket(served.address, bearer(), '/other')).rejects.toThrow('404');
  });
});

describe('a peer that sends nonsense', () => {
  it.each([
    ['text that is not JSON', 'hello'],
    ['JSON that is no message', '{"a":1}'],
    ['a call elsewhere', '{"i":"1","p":{"u":"https://evil.example/about"}}'],
    ['a file', '{"i":"1","p":{"u":"/about","h":{"content-type":"multipart/form-data"}}}'],
    ['bytes', Buffer.from([0, 1, 2])],
  ])('is closed with one clear line for %s, and the desk goes on', async (_what, frame) => {
    const bad = await openSocket(served.address, bearer());
    const good = await openSocket(served.address, bearer());
    bad.send(frame);
    const [code, reason] = (await once(bad, 'close')) as [number, Buffer];
    expect(code).toBe(1007);
    expect(reason.toString()).toMatch(/^a frame was /);
    expect(served.log).toEqual([`a connection of sam (cli) was closed: ${reason}`]);
    expect(await clientOn(good).about()).toMatchObject({ desk: 'tiny' });
    good.close();
  });

  it('is closed when a frame is too large', async () => {
    const bad = await openSocket(served.address, bearer());
    bad.send('x'.repeat(33 * 1024 * 1024));
    const [code] = await once(bad, 'close');
    expect(code).toBe(1009);
  });

  it('gets an error for a call or an input that does not exist', async () => {
    const socket = await openSocket(served.address, bearer());
    const client = clientOn(socket);
    await expect(client.tasks.submit({ agent: 'NO', input: null })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(client.incidents.get({ id: 1 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await client.about()).toMatchObject({ desk: 'tiny' });
    socket.close();
  });

  it('whatever it is, frames are judged without an exception', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => frameTrouble(text) !== undefined));
    fc.assert(fc.property(fc.anything(), (value) => void frameTrouble(value)));
  });
});

describe('back-pressure', () => {
  it('stops a subscription while its reader does not read, and goes on when it does', async () => {
    const socket = await openSocket(served.address, bearer());
    const frames = await clientOn(socket).board.watch({ window: '1h' });
    await frames.next();
    socket.pause();
    // The count stands still once the kernel's buffers and ours are full.
    let seen = -1;
    const stalled = await until(async () => {
      const before = served.asked.frames;
      await new Promise((resolve) => setTimeout(resolve, 200));
      seen = served.asked.frames;
      return before === seen && seen;
    });
    socket.resume();
    await until(async () => {
      await frames.next();
      return served.asked.frames > stalled;
    });
    socket.terminate();
  });
});

describe('closing', () => {
  it('tells every peer that the desk stops', async () => {
    const socket = await openSocket(served.address, bearer());
    const closed = once(socket, 'close');
    await served.close();
    expect((await closed)[0]).toBe(1001);
  });
});
