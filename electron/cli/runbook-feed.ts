import type { RunDetail } from '#contract/runbook.ts';
import type { Client } from './client.ts';

/** A run as it is known by now, kept up to date. */
export type Feed = {
  latest(): RunDetail;
  /** Takes the answer of a command in. */
  put(run: RunDetail): void;
  /** Resolves when the run is another one than `seen`, or the signal ends the wait. Throws when the desk is gone. */
  changed(seen: RunDetail, signal: AbortSignal): Promise<void>;
  close(): void;
};

/**
 * Follows a run at the desk.
 * @param onChange told of each state that was seen, in order
 */
export function followRun(
  client: Client,
  begun: RunDetail,
  onChange: (before: RunDetail, after: RunDetail) => void,
): Feed {
  const closing = new AbortController();
  let latest = begun;
  let broken: unknown;
  let ring = (): void => {};
  let rings = new Promise<void>((resolve) => {
    ring = resolve;
  });

  function tell(): void {
    ring();
    rings = new Promise<void>((resolve) => {
      ring = resolve;
    });
  }

  function put(run: RunDetail): void {
    const before = latest;
    if (JSON.stringify(before) === JSON.stringify(run)) return;
    latest = run;
    onChange(before, run);
    tell();
  }

  async function watch(): Promise<void> {
    for await (const _ of await client.runs.watch({ id: begun.id }, { signal: closing.signal })) await look();
  }

  async function look(): Promise<void> {
    const run = await client.runs.get({ id: begun.id });
    if (!closing.signal.aborted) put(run);
  }

  watch().catch((error: unknown) => {
    if (closing.signal.aborted) return;
    broken = error;
    tell();
  });

  return {
    latest: () => latest,
    put,
    changed: async (seen, signal) => {
      const ended = new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      while (latest === seen && !signal.aborted) {
        if (broken !== undefined) throw broken;
        await Promise.race([rings, ended]);
      }
    },
    close: () => closing.abort(),
  };
}
