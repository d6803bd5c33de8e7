import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { freshNotices, type Notice } from '#contract/delivery.ts';
import { logLine } from '../serve/log.ts';
import type { DeskSource } from './desk-source.ts';
import { clientOn } from './incidents.ts';

/** So many ids are remembered: more than a desk shows at a time. */
const REMEMBERED = 200;

const seenSchema = z.array(z.string());

/**
 * Follows what the native routes of the desk show, and tells of each notice once, over restarts of either side.
 *
 * @param file keeps the ids of those that were shown
 */
export function watchNotices(source: DeskSource, file: string, show: (notice: Notice) => void): void {
  const seen = new Set(readSeen(file));

  function take(notices: readonly Notice[]): void {
    const fresh = freshNotices(notices, seen, Date.now());
    if (fresh.length === 0) return;
    for (const { id } of fresh) seen.add(id);
    // Written before they are shown: shown twice they would be taken for two.
    try {
      writeFileSync(file, JSON.stringify([...seen].slice(-REMEMBERED)), { mode: 0o600 });
    } catch (error) {
      logLine(`${file} could not be written: ${String(error)}`);
    }
    fresh.forEach(show);
  }

  source.connect((port) => {
    const client = clientOn(port);
    port.start();
    const follow = async (): Promise<void> => {
      for await (const frame of await client.alertRoutes.watch()) {
        take(Object.values(frame.kind === 'snapshot' ? frame.state.notices : (frame.changes.notices?.set ?? {})));
      }
    };
    follow().catch((error: Error) => logLine(`the notices cannot be read: ${error.message}`));
  });
}

function readSeen(file: string): string[] {
  try {
    return seenSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Not there yet, or broken: at worst the notices of ten minutes are shown again.
    return [];
  }
}
