import { mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { destination, pino, stdTimeFunctions } from 'pino';

/*
 * What a process of ours has to say: a readable line on stderr and, once it keeps a log, the same as a line of JSON in a
 * file, for the morning after and for machines.
 */

/** A log file that grew larger than this becomes NAME.1, in place of the one before. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** What waits for a full disk, at most; then lines are dropped. */
const MAX_WAITING_BYTES = 1024 * 1024;

let keep: ((message: string) => void) | undefined;

/** Writes one line of the log. */
export function logLine(message: string): void {
  say(message);
  keep?.(message);
}

function say(message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${message}\n`);
}

/** Writes a stream to the log, line by line. */
export function logLines(stream: NodeJS.ReadableStream | null, prefix: string): void {
  if (stream) createInterface({ input: stream }).on('line', (line) => logLine(`${prefix}${line}`));
}

/** From now on this process also keeps its log in a file. While that cannot be written, stderr says so, once, and does. */
export function keepLog(file: string): void {
  let told = false;
  const refused = (trouble: string) => {
    if (!told) say(`the log ${file} cannot be written: ${trouble}`);
    told = true;
  };
  try {
    keep = openLogFile(file, MAX_FILE_BYTES, refused);
  } catch (error) {
    refused((error as Error).message);
  }
}

/**
 * Opens a log file, readable by its owner only. Each line is written before the next thing happens: what was said right
 * before a crash is there.
 *
 * @param onTrouble told of each write that was refused
 * @returns writes one line
 * @throws when the file cannot be opened
 */
export function openLogFile(
  file: string,
  maxBytes: number,
  onTrouble: (trouble: string) => void,
): (message: string) => void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const stream = destination({ dest: file, sync: true, mode: 0o600, maxLength: MAX_WAITING_BYTES });
  stream.on('error', (error: Error) => onTrouble(error.message));
  const logger = pino({ base: { pid: process.pid }, timestamp: stdTimeFunctions.isoTime }, stream);
  let bytes = statSync(file).size;
  stream.on('write', (written: number) => {
    bytes += written;
  });

  function turnOver(): void {
    bytes = 0;
    try {
      renameSync(file, `${file}.1`);
      stream.reopen();
    } catch (error) {
      onTrouble((error as Error).message);
    }
  }

  return (message) => {
    if (bytes > maxBytes) turnOver();
    logger.info(message);
  };
}
