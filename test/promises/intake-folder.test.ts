import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder, startDesk, type TestDesk } from '../support/desk.ts';
import { until } from '../support/until.ts';

const AGENTS = fileURLToPath(new URL('../support/folder-agents', import.meta.url));

let data: string;
let letters: string;
let desk: TestDesk;
beforeEach(async () => {
  data = dataFolder(AGENTS);
  letters = join(data, 'agents', 'inbox', 'letters');
  mkdirSync(letters);
});
afterEach(() => desk.close());

const names = (folder: string) => (existsSync(join(letters, folder)) ? readdirSync(join(letters, folder)).sort() : []);
const waiting = () => readdirSync(letters).filter((name) => name.endsWith('.json'));

async function tasks() {
  return (await desk.client.tasks.list({ agent: 'inbox', limit: 1_000 })).tasks;
}

describe('a watched folder', () => {
  it('each file becomes a task and is filed under done, those that were there before the desk, too', async () => {
    writeFileSync(join(letters, 'early.json'), '{"n":1}');
    desk = await startDesk(data);
    await until(() => names('done').length === 1);
    writeFileSync(join(letters, 'late.json'), '{"n":2}');
    await until(() => names('done').length === 2);
    expect(names('done')).toEqual(['early.json', 'late.json']);
    expect((await tasks()).map((task) => task.key).sort()).toEqual([
      expect.stringMatching(/^file:early\.json:[0-9a-f]{32}$/),
      expect.stringMatching(/^file:late\.json:[0-9a-f]{32}$/),
    ]);
  });

  it('refuses what does not fit, with the reason beside it', async () => {
    desk = await startDesk(data);
    writeFileSync(join(letters, 'misfit.json'), '{"n":"one"}');
    await until(() => names('refused').length === 2);
    expect(names('refused')).toEqual(['misfit.json', 'misfit.json.why.txt']);
    const why = readFileSync(join(letters, 'refused', 'misfit.json.why.txt'), 'utf8');
    expect(why).toContain('The input of inbox does not fit');
    expect(why).toContain('Where: input.n');
    expect(await tasks()).toEqual([]);
  });

  it('takes a file once it is whole, however slowly it is written', async () => {
    desk = await startDesk(data);
    const path = join(letters, 'slow.json');
    writeFileSync(path, '{"n":');
    // A file that comes later and is whole is taken meanwhile: the slow one was looked at, and left alone.
    writeFileSync(join(letters, 'quick.json'), '{"n":1}');
    await until(() => names('done').length === 1);
    expect(names('refused')).toEqual([]);
    expect(existsSync(path)).toBe(true);
    appendFileSync(path, '7}');
    await until(() => names('done').length === 2);
    expect(names('refused')).toEqual([]);
    expect(await until(async () => (await tasks()).length === 2)).toBe(true);
  });

  it('refuses a file that stays no JSON', async () => {
    desk = await startDesk(data);
    writeFileSync(join(letters, 'half.json'), '{"n":');
    await until(() => names('refused').length === 2);
    expect(readFileSync(join(letters, 'refused', 'half.json.why.txt'), 'utf8')).toContain('no JSON document');
  });

  it('the same name with the same content is one task; with another content it is another, and both are kept', async () => {
    desk = await startDesk(data);
    const drop = async (text: string) => {
      writeFileSync(join(letters, 'a.json'), text);
      await until(() => waiting().length === 0);
    };
    await drop('{"n":1}');
    await until(() => names('done').length === 1);
    await drop('{"n":2}');
    await until(() => names('done').length === 2);
    await drop('{"n":1}');
    writeFileSync(join(letters, 'b.json'), '{"n":1}');
    await until(() => names('done').includes('b.json'));
    expect(names('done')[0]).toMatch(/^a\.[0-9a-f]{12}\.json$/);
    expect(await tasks()).toHaveLength(3);
  });

  it('passes over what is no JSON file', async () => {
    desk = await startDesk(data);
    writeFileSync(join(letters, 'notes.txt'), 'text');
    writeFileSync(join(letters, '.hidden.json'), '{"n":1}');
    writeFileSync(join(letters, 'taken.json'), '{"n":1}');
    await until(() => names('done').length === 1);
    expect(readdirSync(letters).sort()).toEqual(['.hidden.json', '.taking', 'done', 'notes.txt', 'refused']);
  });
});

describe('kill -9 of the desk while files arrive', () => {
  it('loses none and repeats none, whenever it comes', async () => {
    const FILES = 300;
    const aside = join(data, 'aside');
    mkdirSync(aside);
    desk = await startDesk(data);
    for (const [round, upTo] of [100, 200, FILES].entries()) {
      for (let n = upTo - 100; n < upTo; n += 1) {
        // Half of them appear at once, as a careful writer does it.
        const path = join(n % 2 === 0 ? letters : aside, `letter-${n}.json`);
        writeFileSync(path, JSON.stringify({ n }));
        if (n % 2 === 1) renameSync(path, join(letters, `letter-${n}.json`));
      }
      // In the middle: some are filed, most are not.
      await until(() => names('done').length > round * 100);
      await desk.kill();
      desk = await startDesk(data);
    }
    await until(() => names('done').length === FILES && waiting().length === 0);
    expect(names('.taking')).toEqual([]);
    expect(names('refused')).toEqual([]);
    const all = await until(async () => {
      const found = await tasks();
      return found.every((task) => task.state === 'succeeded') && found;
    });
    expect(all).toHaveLength(FILES);
    expect(new Set(all.map((task) => task.key)).size).toBe(FILES);
  }, 240_000);
});
