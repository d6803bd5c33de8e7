import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, relative, resolve, sep } from 'node:path';

/*
 * What decides how an agent runs: its file, its schemas, its code, and what that imports by a relative path. Read once, so
 * that what is hashed, what is kept and what is run are the same text.
 */

/** Texts by their path from the agent's folder, with slashes. */
export type Sources = ReadonlyMap<string, string>;

/** What an import may leave out is not looked for: Node does not either. CommonJS is read where it lies. */
const FOLLOWED = new Set(['.ts', '.mts', '.js', '.mjs', '.json']);
/** `from './x.ts'`, `import './x.ts'`, `import('./x.ts')`. */
const IMPORTS = /(?:\bfrom|\bimport)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]+)\1/g;

/** Gone before the code runs. */
const TYPES = /\b(?:import|export)\s+type\b[^'"]*(['"])[^'"\n]*\1/g;

/** @param folder of the agent (absolute). @param files to begin with (absolute); one that is not there is left out */
export function readSources(folder: string, files: readonly string[]): Sources {
  const found = new Map<string, string>();
  const open = [...files];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const path = relative(folder, file).split(sep).join('/');
    if (found.has(path) || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue;
    const text = readFileSync(file, 'utf8');
    found.set(path, text);
    if (FOLLOWED.has(extname(file)) && extname(file) !== '.json') open.push(...importsOf(file, text));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function importsOf(file: string, text: string): string[] {
  return [...text.replace(TYPES, '').matchAll(IMPORTS)].flatMap(([, , path = '']) =>
    FOLLOWED.has(extname(path)) ? [resolve(dirname(file), path)] : [],
  );
}
