import { createInterface } from 'node:readline/promises';
import type { Terminal } from './cli.ts';

/** Asks one question. @returns the line typed; undefined when there is no more (Ctrl-C, Ctrl-D) */
export type Ask = (question: string) => Promise<string | undefined>;

/** Questions on a terminal, on standard error: standard output is for results. */
export function openPrompt({ stdin, stderr }: Terminal): { ask: Ask; close(): void } {
  const lines = createInterface({ input: stdin, output: stderr });
  const closed = new AbortController();
  lines.once('close', () => closed.abort());
  return {
    async ask(question) {
      try {
        return (await lines.question(`${question} `, { signal: closed.signal })).trim();
      } catch (error) {
        if (closed.signal.aborted) return undefined;
        throw error;
      }
    },
    close: () => lines.close(),
  };
}
