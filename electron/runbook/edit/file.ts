import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RunbookSource, SavedRunbook } from '#contract/runbook-edit.ts';

export type FilesOptions = {
  /** The team's own folder: the only one that is ever written. */
  ownFolder: string;
  /** The file that the library has for a name; undefined for none. */
  fileOf(name: string): string | undefined;
};

/** The files of runbooks, to edit. */
export type RunbookFiles = {
  source(name: string): Result<RunbookSource>;
  /**
   * Writes a whole file or nothing.
   * @param baseHash of the text that was edited; null for a name that is to be new
   */
  save(name: string, text: string, baseHash: string | null): Result<SavedRunbook>;
};

const NOT_WRITTEN = 'Nothing was written; the text stands in the editor.';

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function openRunbookFiles({ ownFolder, fileOf }: FilesOptions): RunbookFiles {
  /** Where it stands, or would: the library is told of a new file a moment later than it is there. */
  function places(name: string): { own: string; shelved: string | undefined } {
    const shelved = fileOf(name);
    if (shelved !== undefined && dirname(shelved) === ownFolder) return { own: shelved, shelved: undefined };
    return { own: join(ownFolder, `${name}.md`), shelved };
  }

  function read(name: string): RunbookSource | undefined {
    const { own, shelved } = places(name);
    for (const file of [own, shelved]) {
      const text = file === undefined ? undefined : textOf(file);
      if (file !== undefined && text !== undefined) return { name, file, text, hash: hashOf(text), own: file === own };
    }
    return undefined;
  }

  return {
    source(name) {
      try {
        const found = read(name);
        if (found !== undefined) return succeed(found);
      } catch (error) {
        const { own, shelved } = places(name);
        return fail('BAD_FILE', `The file of ${name} cannot be read as text: ${reasonOf(error)}`, {
          kept: 'Nothing was changed.',
          todo: 'Save it as UTF-8, or make it readable.',
          where: shelved ?? own,
        });
      }
      return fail('NOT_FOUND', `There is no runbook ${name}.`, {
        kept: 'Nothing was changed.',
        todo: `Write a new one: nightdesk runbook new ${name}`,
      });
    },
    save(name, text, baseHash) {
      const { own, shelved } = places(name);
      try {
        if (isLink(own)) {
          return fail('CONFLICT', `${own} is a link to another file.`, {
            kept: NOT_WRITTEN,
            todo: 'Edit the file that it leads to, or put a copy in its place.',
            where: own,
          });
        }
        const before = read(name);
        if (before !== undefined && before.hash !== baseHash) {
          return succeed({ saved: false, file: before.file, text: before.text, hash: before.hash });
        }
        writeWhole(own, text);
        return succeed({ saved: true, file: own, hash: hashOf(text), over: shelved ?? null });
      } catch (error) {
        return fail('STORAGE', `${own} cannot be written: ${reasonOf(error)}.`, {
          kept: NOT_WRITTEN,
          todo: 'Make the folder writable, then save again.',
          where: own,
        });
      }
    },
  };
}

/** Beside it first, onto the disk, then in its place: a reader sees the old text or the new one, whatever happens. */
function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  const mode = modeOf(file);
  try {
    const handle = openSync(beside, 'wx');
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (mode !== undefined) chmodSync(beside, mode);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** What is no UTF-8 is refused: saved again it would be another text. */
function textOf(file: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function modeOf(file: string): number | undefined {
  const mode = lstatSync(file, { throwIfNoEntry: false })?.mode;
  return mode === undefined ? undefined : mode & 0o777;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
