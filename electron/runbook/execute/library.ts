import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { watch } from 'chokidar';
import type { Runbook } from '#contract/runbook.ts';
import type { Finding } from '#contract/runbook-lint.ts';
import { lintRunbook } from '../lint/lint.ts';
import { parseRunbook } from '../parse/runbook.ts';
import type { Known } from '../types.ts';

/** A file: as it stands now, and the last version without a fault in its text. */
type Shelf = { text: string; latest: Runbook; good: Runbook; linted: { for: string; problems: Finding[] } | null };

/** The runbook files of some folders, watched. */
export type Library = {
  /** By name; a broken file gives its last good version, with the faults of the file as it stands. */
  all(): Runbook[];
  get(name: string): Runbook | undefined;
  problems(): Finding[];
  close(): Promise<void>;
};

const DAY_MS = 86_400_000;

/** Files of a runbook folder that are about runbooks. */
const NOT_A_RUNBOOK = /^(readme|license|contributing|changelog)\.md$/i;

/**
 * Reads the folders now and whenever a file in them changes.
 * @param folders of two files with one name, the later folder's counts
 */
export function openLibrary(folders: string[], known: () => Known, now: () => number): Library {
  const shelves = new Map<string, Shelf>();
  for (const folder of folders) for (const file of filesIn(folder)) read(file);

  function read(file: string): void {
    const text = readIfThere(file);
    if (text === undefined) {
      shelves.delete(file);
      return;
    }
    const before = shelves.get(file);
    if (before?.text === text) return;
    const latest = parseRunbook(file, text);
    const broken = latest.problems.some((problem) => problem.severity === 'error');
    shelves.set(file, { text, latest, good: broken && before !== undefined ? before.good : latest, linted: null });
  }

  // The watcher tells of each file once when it begins: what changed between the first reading and then is not missed.
  const watcher = watch(folders, { depth: 0 });
  watcher.on('all', (_event, path) => {
    if (isRunbookFile(path)) read(path);
  });

  /** What is wrong with each file; looked for again only when the file, the desk's names or the day is another one. */
  function lint(found: Shelf[]): Finding[][] {
    const names = known();
    const day = Math.floor(now() / DAY_MS);
    const key = JSON.stringify([names, day]);
    return found.map((shelf) => {
      if (shelf.linted?.for === key) return shelf.linted.problems;
      const problems = lintRunbook(shelf.latest, shelf.text, names, now());
      shelf.linted = { for: key, problems };
      return problems;
    });
  }

  function shown(found: Shelf[]): Runbook[] {
    const problems = lint(found);
    return found.map((shelf, index) => ({ ...shelf.good, problems: problems[index] ?? [] }));
  }

  function byName(): Map<string, Shelf> {
    const named = new Map<string, Shelf>();
    for (const folder of folders) {
      for (const [file, shelf] of shelves)
        if (join(folder, basename(file)) === file) named.set(shelf.latest.name, shelf);
    }
    return named;
  }

  return {
    all: () => shown([...byName().values()]).sort((a, b) => (a.name < b.name ? -1 : 1)),
    get: (name) => {
      const shelf = byName().get(name);
      return shelf === undefined ? undefined : shown([shelf])[0];
    },
    problems: () => lint([...byName().values()]).flat(),
    close: () => watcher.close(),
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter(isRunbookFile)
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isRunbookFile(path: string): boolean {
  const name = basename(path);
  return name.endsWith('.md') && !name.startsWith('.') && !NOT_A_RUNBOOK.test(name);
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EACCES';
}
