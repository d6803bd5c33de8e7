import { createHash } from 'node:crypto';
import { access, lstat, readFile, rename, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { givenJsonSchema, type Json } from '#contract/basic.ts';
import { type Failure, fail, type Result, succeed } from '#contract/errors.ts';

/*
 * One file of a watched folder, from its arrival to done/ or refused/. It is moved aside before it is submitted: whoever
 * writes another file of its name meanwhile writes another file.
 */

/** Where a file lies while it is submitted; one that is found there after a crash is submitted again, by the same key. */
export const TAKING = '.taking';
export const DONE = 'done';
export const REFUSED = 'refused';

/** Larger files are refused: an input is text, not a load of data. */
const LARGEST_BYTES = 4 * 1024 * 1024;
/** A file that is no JSON may still be written; it is refused when it has lain untouched for this long, ms. */
export const WHOLE_AFTER_MS = 10_000;

/** A file that was moved aside, and what it holds. */
export type Taken = { name: string; key: string; hash: string; input: Result<Json> };

/** Whether a name in a watched folder is that of a task. */
export function isTaskFile(name: string): boolean {
  return extname(name).toLowerCase() === '.json' && !name.startsWith('.');
}

/**
 * Moves a file aside once it is whole.
 *
 * @returns the file; `wait`, ms, when it may still be written; undefined when it is gone
 */
export async function takeFile(
  folder: string,
  name: string,
  now: number,
): Promise<Taken | { wait: number } | undefined> {
  const path = join(folder, name);
  try {
    const stat = await lstat(path);
    if (!stat.isFile()) return undefined;
    // A beginning of a document is never a document; what can be read as one is whole.
    if (stat.size <= LARGEST_BYTES && !readInput(name, await readFile(path)).ok) {
      const age = now - stat.ctimeMs;
      if (age < WHOLE_AFTER_MS) return { wait: Math.min(WHOLE_AFTER_MS, WHOLE_AFTER_MS - age + 1) };
    }
    await rename(path, join(folder, TAKING, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return readTaken(folder, name);
}

/** A file that lies aside. */
export async function readTaken(folder: string, name: string): Promise<Taken> {
  const path = join(folder, TAKING, name);
  const { size } = await lstat(path);
  const large = size > LARGEST_BYTES;
  const content = large ? Buffer.from(String(size)) : await readFile(path);
  const hash = createHash('sha256').update(`${name}\0`).update(content).digest('hex').slice(0, 32);
  return {
    name,
    key: `file:${name.slice(0, 120)}:${hash}`,
    hash,
    input: large ? misfit(name, `it has ${size} bytes; ${LARGEST_BYTES} are the most`) : readInput(name, content),
  };
}

function readInput(name: string, content: Buffer): Result<Json> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    const read = givenJsonSchema.safeParse(JSON.parse(text));
    return read.success ? succeed(read.data) : misfit(name, 'it holds what JSON cannot say');
  } catch (error) {
    return misfit(name, (error as Error).message);
  }
}

function misfit(name: string, why: string): Result<never> {
  return fail('BAD_INPUT', `${name} is no JSON document in UTF-8: ${why}.`, {
    kept: 'Nothing was queued.',
    todo: 'Mend the file and put it into the folder again.',
    where: name,
  });
}

/** Files one that was accepted. */
export async function fileDone(folder: string, { name, hash }: Taken): Promise<void> {
  await rename(join(folder, TAKING, name), await freeName(join(folder, DONE), name, hash));
}

/** Files one that was refused, with the reason beside it. */
export async function fileRefused(folder: string, { name, hash }: Taken, failure: Failure): Promise<void> {
  const target = await freeName(join(folder, REFUSED), name, hash);
  const where = failure.where === undefined ? '' : `Where: ${failure.where}\n`;
  // The reason first: a file without one would be a silent refusal.
  await writeFile(`${target}.why.txt`, `${failure.message}\n${where}${failure.kept} ${failure.todo}\n`);
  await rename(join(folder, TAKING, name), target);
}

/** The name itself, or one with the content's hash when another file has it. */
async function freeName(folder: string, name: string, hash: string): Promise<string> {
  const path = join(folder, name);
  try {
    await access(path);
  } catch {
    return path;
  }
  const extension = extname(name);
  return join(folder, `${name.slice(0, -extension.length)}.${hash.slice(0, 12)}${extension}`);
}
