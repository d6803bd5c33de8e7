import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { FileProblem } from '#contract/agent.ts';
import type { Json } from '#contract/basic.ts';
import type { AlertRoute } from '#contract/delivery.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { SecretOrText } from '#contract/secret.ts';
import { type Settings, type SettingsView, settingsSchema } from '#contract/settings.ts';
import { problemAt, problemsOf, readYaml } from '../runner/definition/index.ts';

/** The file is looked at this often, ms. */
const LOOK_MS = 500;
const NAME = 'nightdesk.yaml';
/** The text that was good last: a desk that starts while the file is being edited keeps its limits by it. */
const LAST_GOOD = '.nightdesk.last-good.yaml';
const MASK = '***';

/** nightdesk.yaml, read and watched. */
export type SettingsFile = {
  current(): Settings;
  problems(): FileProblem[];
  view(): SettingsView;
  /** Calls back after every change of what is in force. @returns a function that stops it */
  onChange(listener: () => void): () => void;
  close(): void;
};

/** Reads settings. Never throws: whatever is wrong is told with line and column. */
export function parseSettings(file: string, text: string): { settings: Settings | null; problems: FileProblem[] } {
  const read = readYaml(file, text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'), 0);
  if (!read.ok) return { settings: null, problems: [read.problem] };
  const parsed = settingsSchema.safeParse(read.raw ?? {});
  return parsed.success
    ? { settings: fromFolder(dirname(file), parsed.data), problems: [] }
    : { settings: null, problems: problemsOf(file, parsed.error, read.place, 'settings') };
}

/**
 * Opens the settings of a data folder; without a file the defaults are in force.
 * @returns BAD_FILE when the file is broken and there is none that was good before: limits that are not read are not kept
 */
export function openSettings(dataFolder: string, log: (message: string) => void): Result<SettingsFile> {
  const file = join(dataFolder, NAME);
  const lastGood = join(dataFolder, LAST_GOOD);
  const listeners = new Set<() => void>();
  let current: Settings = settingsSchema.parse({});
  let problems: FileProblem[] = [];
  let text = '';
  let seen = stampOf(file);

  /** @returns whether what is in force may have changed */
  function read(): boolean {
    try {
      text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    } catch (error) {
      const why = `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      problems = [problemAt(file, { line: 1, column: 1 }, 'file', why, 'check its permissions')];
      return false;
    }
    const parsed = parseSettings(file, text);
    problems = parsed.problems;
    for (const { line, column, message } of problems) log(`${file}:${line}:${column}: ${message}`);
    if (parsed.settings === null) return false;
    current = parsed.settings;
    return true;
  }

  function keepGood(): void {
    try {
      writeFileSync(lastGood, text, { mode: 0o600 });
    } catch (error) {
      log(`${lastGood} could not be written: ${String(error)}`);
    }
  }

  if (read()) keepGood();
  else {
    const before = existsSync(lastGood) ? parseSettings(lastGood, readFileSync(lastGood, 'utf8')).settings : null;
    if (before === null) {
      const [first] = problems;
      return fail('BAD_FILE', `${NAME} is broken: ${first?.message ?? 'it cannot be read'}.`, {
        kept: 'Nothing was started: its limits and budgets would not be kept.',
        todo: first?.fix ?? 'Mend the file at the place shown, then start again.',
        where: `${file}:${first?.line ?? 1}:${first?.column ?? 1}`,
      });
    }
    current = before;
    log(`${file} is broken: the settings that were good last are in force`);
  }

  // Looked at by name: it may not be there yet, and editors put a new file in its place.
  const look = setInterval(() => {
    const stamp = stampOf(file);
    if (stamp === seen) return;
    seen = stamp;
    if (!read()) return;
    keepGood();
    log(`${file} was read again`);
    for (const listener of listeners) listener();
  }, LOOK_MS);
  look.unref();

  return succeed({
    current: () => current,
    problems: () => problems,
    view: () => ({ file, settings: shown(current), problems }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => clearInterval(look),
  });
}

/** Settings as a data folder holds them now, for a command that runs no desk. */
export function readSettings(dataFolder: string): ReturnType<typeof parseSettings> {
  const file = join(dataFolder, NAME);
  return parseSettings(file, existsSync(file) ? readFileSync(file, 'utf8') : '');
}

/** The same for people. */
export function viewSettings(dataFolder: string): SettingsView {
  const { settings, problems } = readSettings(dataFolder);
  return { file: join(dataFolder, NAME), settings: shown(settings ?? settingsSchema.parse({})), problems };
}

/** Settings that nobody changes. */
export function fixedSettings(settings: Settings): SettingsFile {
  return {
    current: () => settings,
    problems: () => [],
    view: () => ({ file: '', settings: shown(settings), problems: [] }),
    onChange: () => () => {},
    close() {},
  };
}

/** Paths in the file start from its folder. */
function fromFolder(folder: string, settings: Settings): Settings {
  return {
    ...settings,
    agents: settings.agents.map((each) => resolve(folder, each)),
    mcp: Object.fromEntries(
      Object.entries(settings.mcp).map(([name, server]) => [
        name,
        'url' in server ? server : { ...server, cwd: resolve(folder, server.cwd ?? '.') },
      ]),
    ),
  };
}

/** Changes when the file does. */
function stampOf(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
}

/** Settings for people: what an environment or header holds in plain text may be a secret. */
function shown(settings: Settings): Json {
  const mcp = Object.entries(settings.mcp).map(([name, server]) => [
    name,
    'url' in server ? { ...server, headers: masked(server.headers) } : { ...server, env: masked(server.env) },
  ]);
  const routes = Object.entries(settings.routes).map(([name, route]) => [name, shownRoute(route)]);
  const { deadman } = settings.alerts;
  const alerts =
    deadman === undefined ? settings.alerts : { ...settings.alerts, deadman: { ...deadman, url: veiled(deadman.url) } };
  const safe = { ...settings, mcp: Object.fromEntries(mcp), routes: Object.fromEntries(routes), alerts };
  return JSON.parse(JSON.stringify(safe)) as Json;
}

/** A route without what lets others use it: keys, and addresses that hold a token. */
function shownRoute(route: AlertRoute): object {
  switch (route.kind) {
    case 'native':
      return route;
    case 'pagerduty':
      return { ...route, key: veiled(route.key) };
    case 'slack':
    case 'teams':
    case 'alertmanager':
      return { ...route, url: veiled(route.url) };
    case 'email':
      return route.password === undefined ? route : { ...route, password: veiled(route.password) };
    case 'webhook':
      return {
        ...route,
        url: veiled(route.url),
        ...(route.secret === undefined ? {} : { secret: veiled(route.secret) }),
      };
  }
}

function veiled(value: SecretOrText): SecretOrText {
  return typeof value === 'string' ? MASK : value;
}

function masked(values: Record<string, string | { secret: string }>): Json {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? MASK : value]),
  );
}
