import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Terminal } from './cli.ts';

/**
 * Asks one question. What was typed when the signal takes it back stands under the next one.
 *
 * @returns the line typed; undefined when the signal took it back, and when there is no more (Ctrl-C, Ctrl-D)
 */
export type Ask = (question: string, signal?: AbortSignal) => Promise<string | undefined>;

/** Questions on a terminal, on standard error: standard output is for results. */
export function openPrompt({ stdin, stderr }: Terminal): { ask: Ask; ended: AbortSignal; close(): void } {
  const lines = createInterface({ input: stdin, output: stderr });
  const closed = new AbortController();
  /** What stood on the line of a question that was taken back. */
  let typed = '';
  lines.once('close', () => closed.abort());
  return {
    async ask(question, signal = closed.signal) {
      const until = AbortSignal.any([closed.signal, signal]);
      const keep = () => {
        typed = lines.line;
      };
      // Before the prompt hears of it, which clears its line.
      until.addEventListener('abort', keep, { once: true });
      try {
        const answered = lines.question(`${question} `, { signal: until });
        if (typed !== '') lines.write(typed);
        typed = '';
        return (await answered).trim();
      } catch (error) {
        if (until.aborted) return undefined;
        throw error;
      } finally {
        until.removeEventListener('abort', keep);
      }
    },
    ended: closed.signal,
    close: () => lines.close(),
  };
}

/** Asks one question on a terminal; what is typed is not shown. @returns undefined when there is no answer (Ctrl-C, Ctrl-D) */
export async function askHidden({ stdin, stderr }: Terminal, question: string): Promise<string | undefined> {
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: hidden, terminal: true });
  const closed = new AbortController();
  lines.once('close', () => closed.abort());
  stderr.write(`${question} `);
  try {
    return await lines.question('', { signal: closed.signal });
  } catch (error) {
    if (closed.signal.aborted) return undefined;
    throw error;
  } finally {
    lines.close();
    stderr.write('\n');
  }
}
