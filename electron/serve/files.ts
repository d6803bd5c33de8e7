import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const NAMED_VIEW = /^\/(agents|runbooks)\/[^/]+$/;

/** A file of the built console. */
export type ConsoleFile = {
  body: Buffer;
  type: string /** Its name holds a hash of its content: it never changes. */;
  fixed: boolean;
};

/**
 * Reads one file of the built console. A path without an extension is a view's address, and so is that of an agent or
 * runbook, whose name may hold a dot: it gets the page itself.
 *
 * @param folder out/renderer
 * @param path of the address, still percent-encoded
 * @returns undefined when there is no such file, or the path leads outside the folder
 */
export async function readConsoleFile(folder: string, path: string): Promise<ConsoleFile | undefined> {
  const name = decoded(path);
  if (name === undefined || name.includes('\0')) return undefined;
  const inside = normalize(join(sep, extname(name) === '' || NAMED_VIEW.test(name) ? 'index.html' : name));
  const type = TYPES[extname(inside)];
  if (type === undefined) return undefined;
  try {
    return { body: await readFile(join(folder, inside)), type, fixed: inside.startsWith(`${sep}assets${sep}`) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
