import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { settingsSchema } from '#contract/settings.ts';
import { openSettings, parseSettings, type SettingsFile } from '../../electron/desk/settings.ts';
import { until } from '../support/until.ts';

const WHOLE = `
agents: [../team]
providers:
  openai: { key: { secret: openai-key }, concurrency: 8, rate: 500/min, budget: { daily: 20 } }
  local: { url: http://127.0.0.1:11434/v1 }
budget: { daily: 50, tokens: 1000000 }
prices:
  local/llama: { input: 0.1, output: 0.2 }
mcp:
  mail: { command: mail-server, args: [--fast], env: { TOKEN: { secret: mail }, LEVEL: high }, effects: { send: manual } }
  wiki: { url: https://wiki.test/mcp, headers: { authorization: Bearer abc }, timeout: 5s }
retention: { keep: 7d }
backup: { every: 12h, keep: 3 }
`;

/** Texts of what means something to YAML. */
const yamlish = fc.string({ unit: fc.constantFrom(...'{}[]:,*&!|>-#\n ab?'), maxLength: 40 });

const opened: SettingsFile[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

function folderWith(text?: string): { folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-test-'));
  const file = join(folder, 'nightdesk.yaml');
  if (text !== undefined) writeFileSync(file, text);
  return { folder, file };
}

function open(folder: string): SettingsFile {
  const result = openSettings(folder, () => {});
  if (!result.ok) throw new Error(result.error.message);
  opened.push(result.value);
  return result.value;
}

describe('nightdesk.yaml', () => {
  it('may be missing: then the defaults are in force', () => {
    expect(open(folderWith().folder).current()).toMatchObject({ providers: {}, mcp: {}, backup: { keep: 7 } });
  });

  it('is read whole, spans and rates in it as numbers', () => {
    const { settings, problems } = parseSettings('/desk/data/nightdesk.yaml', WHOLE);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      agents: ['/desk/team'],
      providers: { openai: { rate: { count: 500, perMs: 60_000 } } },
      mcp: { mail: { cwd: '/desk/data', timeout: 60_000, effects: { send: 'manual' } }, wiki: { timeout: 5_000 } },
      retention: { keep: 604_800_000 },
    });
  });

  it('is read as docs/settings.md shows it', () => {
    const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const { settings, problems } = parseSettings('nightdesk.yaml', example);
    expect(problems).toEqual([]);
    expect(Object.keys(settings ?? {}).sort()).toEqual(Object.keys(settingsSchema.shape).sort());
    for (const key of Object.keys(settingsSchema.shape)) expect(example).toMatch(new RegExp(`^${key}:`, 'm'));
  });

  it.each([
    ['an unknown key', 'budget:\n  dayly: 3\n', 2, 3, '"budget.dayly" is not a key of this version'],
    ['an unknown key above a map', 'retentoin:\n  keep: 3d\n', 1, 1, '"settings.retentoin" is not a key'],
    ['a bad span', 'retention:\n  keep: soon\n', 2, 9, 'retention.keep: "soon" is not a span'],
    ['a bad rate', 'providers:\n  a:\n    rate: 5/year\n', 3, 11, 'providers.a.rate: "5/year" is not a rate'],
    ['an MCP server with a foreign key', 'mcp:\n  m:\n    command: x\n    shell: yes\n', 4, 5, '"mcp.m.shell"'],
    ['an MCP server with a bad address', 'mcp:\n  m:\n    url: nowhere\n', 3, 10, 'mcp.m.url'],
    ['an alias of nothing', '*gone\n', 1, 1, 'gone'],
    ['broken YAML', 'budget: { daily: 1\nmcp: {}\n', 2, 1, ''],
  ])('refuses %s, with its line and column', (_what, text, line, column, message) => {
    const { settings, problems } = parseSettings('nightdesk.yaml', text);
    expect(settings).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line, column, message: expect.stringContaining(message) });
  });

  it('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), yamlish), (text) => {
        const { settings, problems } = parseSettings('nightdesk.yaml', text);
        expect(settings === null).toBe(problems.length > 0);
      }),
    );
  });

  it('is watched: a good change is told, a broken one leaves the last good in force', async () => {
    const { folder, file } = folderWith();
    const settings = open(folder);
    let told = 0;
    settings.onChange(() => {
      told += 1;
    });
    writeFileSync(`${file}.new`, 'budget: { daily: 5 }\n');
    renameSync(`${file}.new`, file);
    await until(() => settings.current().budget.daily === 5);
    expect(told).toBe(1);
    writeFileSync(file, 'budget: { daily: none }\n');
    await until(() => settings.problems().length === 1);
    expect(settings.current().budget.daily).toBe(5);
    expect(told).toBe(1);
    rmSync(file);
    await until(() => settings.current().budget.daily === undefined);
    expect(settings.problems()).toEqual([]);
  });

  it('broken at the start: the last good stays in force, and without one nothing starts', () => {
    const { folder, file } = folderWith('budget: { daily: 7 }\n');
    open(folder);
    writeFileSync(file, 'budget: { daily: 7\n');
    expect(open(folder).current().budget.daily).toBe(7);
    const fresh = folderWith('budgets: {}\n');
    expect(openSettings(fresh.folder, () => {})).toMatchObject({
      ok: false,
      error: { code: 'BAD_FILE', where: `${fresh.file}:1:1` },
    });
  });

  it('is shown without what may be a secret', () => {
    const { folder } = folderWith(WHOLE);
    const text = JSON.stringify(open(folder).view().settings);
    expect(text).not.toMatch(/Bearer abc|high/);
    expect(text).toContain('"TOKEN":{"secret":"mail"}');
  });
});
