import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Sources } from './sources.ts';

/*
 * Definitions as they were when attempts were pinned to them: <data>/definitions/<hash>/ holds the texts under readable
 * names, files.json says what each was. A snapshot is whole or not there.
 */

const LIST = 'files.json';
const listSchema = z.record(z.string(), z.string());

function folderOf(dataFolder: string, hash: string): string {
  return join(dataFolder, 'definitions', hash);
}

/** Writes what is not there yet; it is on the disk when this returns. @throws when the disk refuses */
export function keepSnapshot(dataFolder: string, hash: string, sources: Sources): void {
  const folder = folderOf(dataFolder, hash);
  if (existsSync(folder)) return;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const names = new Map([...sources.keys()].map((path) => [path, path.replaceAll('..', '_')]));
  for (const [path, text] of sources) writeDurably(join(partial, names.get(path) ?? path), text);
  writeDurably(join(partial, LIST), JSON.stringify(Object.fromEntries(names), null, 2));
  renameSync(partial, folder);
}

/** @returns null when there is none: the version that pinned it kept none */
export function readSnapshot(dataFolder: string, hash: string): Sources | null {
  const folder = folderOf(dataFolder, hash);
  if (!existsSync(join(folder, LIST))) return null;
  const names = listSchema.parse(JSON.parse(readFileSync(join(folder, LIST), 'utf8')));
  return new Map(Object.entries(names).map(([path, name]) => [path, readFileSync(join(folder, name), 'utf8')]));
}

function writeDurably(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600 });
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
