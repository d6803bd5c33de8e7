import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findHost, type Said } from '../../../electron/cli/service-host.ts';
import {
  launchdAgent,
  type ServicePlan,
  scheduledTask,
  serviceName,
  systemdUnit,
  writablePlan,
} from '../../../electron/cli/service-unit.ts';

const golden = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

const folder = '/home/ada/My "desk" 100%';
const plan: ServicePlan = {
  dataFolder: folder,
  command: [
    '/opt/node 24/bin/node',
    '/opt/nightdesk/cli.mjs',
    'serve',
    '--data',
    folder,
    '--agents',
    '/srv/$team\\agents',
    '--no-open',
    '--port',
    '7070',
  ],
  path: '/usr/local/bin:/usr/bin:/home/ada/$bin',
  log: `${folder}/service.log`,
  user: 'ACME\\ada',
};

describe('the file that the system is told by', () => {
  it('is a systemd user unit whose words survive quotes, spaces, specifiers and variables', () => {
    expect(systemdUnit(plan)).toBe(golden('nightdesk.service'));
  });

  it('is a launchd agent that is kept alive', () => {
    expect(launchdAgent('dev.nightdesk.nightdesk', plan)).toBe(golden('dev.nightdesk.nightdesk.plist'));
  });

  it('is a scheduled task that starts again after a failure and has no time limit', () => {
    const windows = {
      ...plan,
      dataFolder: 'C:\\Users\\ada\\My desk & co',
      command: [
        'C:\\Program Files\\node.exe',
        'C:\\nightdesk\\cli.mjs',
        'serve',
        '--data',
        'C:\\Users\\ada\\My desk & co\\',
        '--no-open',
        '--port',
        '0',
        '',
        'say "x"',
      ],
    };
    expect(scheduledTask(windows)).toBe(golden('nightdesk.xml'));
  });

  it('gives Windows every argument as it was, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\') })), (words) => {
        const text = scheduledTask({ ...plan, command: ['node', ...words] });
        const given = /<Arguments>(.*)<\/Arguments>/.exec(text)?.[1] ?? '';
        expect(readByWindows(given.replaceAll('&quot;', '"'))).toEqual(words);
      }),
    );
  });

  it.each(['\n', '\r', '\t', '\0', '\x1b', '\x7f', '\x85'])('is not written where a path holds %j', (control) => {
    const broken = `/home/ada/desk${control}ExecStartPre=evil`;
    const refused = (change: Partial<ServicePlan>) => writablePlan({ ...plan, ...change });
    expect(refused({ dataFolder: broken })).toMatchObject({
      ok: false,
      error: { code: 'BAD_INPUT', where: '--data', message: expect.stringContaining(JSON.stringify(broken)) },
    });
    expect(refused({ command: [...plan.command, broken] })).toMatchObject({ ok: false, error: { where: '--agents' } });
    expect(refused({ path: `/bin:${broken}` })).toMatchObject({ ok: false, error: { where: 'PATH' } });
  });

  it('is written for every other path', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '%', '$', '<', 'ü', '日', '\u2028') }),
        (path) => {
          expect(writablePlan({ ...plan, dataFolder: path, command: ['node', path] }).ok).toBe(true);
        },
      ),
    );
    expect(writablePlan(plan)).toEqual({ ok: true, value: plan });
  });

  it('has a name of its own for each data folder', () => {
    expect(serviceName('/data', '/data')).toBe('nightdesk');
    expect(serviceName('/other', '/data')).toMatch(/^nightdesk-[0-9a-f]{8}$/);
    expect(serviceName('/other', '/data')).not.toBe(serviceName('/another', '/data'));
  });
});

/** CommandLineToArgvW: 2n backslashes and a quote are n backslashes, 2n+1 are n and a quote. */
function readByWindows(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const slashes = /^\\+/.exec(line.slice(at))?.[0].length ?? 0;
    if (slashes > 0) {
      const before = line[at + slashes] === '"';
      word = (word ?? '') + '\\'.repeat(before ? Math.floor(slashes / 2) : slashes);
      at += slashes - 1;
      if (before && slashes % 2 === 1) {
        word += '"';
        at += 1;
      }
    } else if (line[at] === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (line[at] === ' ' && !quoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + line[at];
  }
  return word === undefined ? words : [...words, word];
}

describe('the service manager of the system', () => {
  const host = (platform: NodeJS.Platform, run: (program: string, words: string[]) => Said, env = {}) =>
    findHost({ platform, env, name: 'nightdesk', dataFolder: '/data', run });

  it('is refused with what to do instead where there is none', () => {
    const none = host('linux', () => ({ ok: false, out: 'Failed to connect to bus' }));
    expect(none).toMatchObject({
      ok: false,
      error: {
        code: 'UNREACHABLE',
        message: expect.stringContaining('Failed to connect to bus'),
        todo: 'Have whatever starts programs here run: nightdesk serve --no-open --data /data',
      },
    });
    expect(host('freebsd', () => ({ ok: true, out: '' }))).toMatchObject({ ok: false });
  });

  it('is asked with the words of each system, and what it refuses is told', () => {
    const asked: string[] = [];
    const mac = host(
      'darwin',
      (program, words) => {
        asked.push([program, ...words].join(' '));
        return { ok: words[0] !== 'print', out: '' };
      },
      { HOME: '/dev/null' },
    );
    if (!mac.ok) throw new Error(mac.error.message);
    expect(mac.value.install(plan)).toMatchObject({ ok: false, error: { code: 'STORAGE' } });
    expect(asked).toEqual([]);
    const refusing = host('win32', (_program, words) => ({ ok: words[0] !== '/Delete', out: 'Access is denied.' }));
    if (!refusing.ok) throw new Error(refusing.error.message);
    expect(refusing.value.remove()).toMatchObject({
      ok: false,
      error: {
        message: 'The task scheduler does not remove it: Access is denied.',
        kept: 'The data folder was not touched.',
      },
    });
  });
});
