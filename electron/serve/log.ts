import { createInterface } from 'node:readline';

/** Writes one line of the desk's log. */
export function logLine(message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${message}\n`);
}

/** Writes a stream to the log, line by line. */
export function logLines(stream: NodeJS.ReadableStream | null, prefix: string): void {
  if (stream) createInterface({ input: stream }).on('line', (line) => logLine(`${prefix}${line}`));
}
