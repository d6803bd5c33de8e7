import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { givenJsonSchema, type Json } from '#contract/basic.ts';
import { refuseInput } from './refusal.ts';

/** Reads one JSON document. @param file a path, or `-` for standard input */
export async function readJson(file: string, stdin: Readable): Promise<Json> {
  const name = file === '-' ? 'standard input' : file;
  const document = file === '-' ? await text(stdin) : readText(file);
  try {
    return givenJsonSchema.parse(JSON.parse(document));
  } catch (error) {
    const { line, column, reason } = faultIn(document, error instanceof Error ? error.message : String(error));
    return refuseInput(
      `${name} is not JSON: ${reason} at line ${line}, column ${column}.`,
      `${name}:${line}:${column}`,
      'Mend the document; strings and names stand in double quotes, and nothing follows the last value.',
    );
  }
}

/** Reads a file that somebody named. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/, (open|read).*$/, '') : String(error);
    return refuseInput(`${file} cannot be read (${reason}).`, file, 'Name a file that is there and readable.');
  }
}

/** Where and how a document breaks. V8 tells the place of some faults only, so it is asked about ever shorter beginnings. */
function faultIn(document: string, message: string): { line: number; column: number; reason: string } {
  let sound = 0;
  let broken = document.length + 1;
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1;
    if (couldGoOn(document.slice(0, middle))) sound = middle;
    else broken = middle;
  }
  const lines = document.slice(0, sound).split('\n');
  const reason = /end of JSON/.test(message)
    ? 'it ends too early'
    : message.replace(/(?:,? in JSON| after JSON)? at position .*$|, (?:\.\.\.)?".*$/s, '');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, reason };
}

/** Whether a text is the beginning of a JSON document. */
function couldGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (message.endsWith('is not valid JSON')) return false;
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined || Number(position) >= beginning.length;
  }
}
