import { z } from 'zod';
import type { Session } from './session.ts';

/*
 * An edit that was not saved, kept for as long as the window lives: a page that is loaded again goes on with it.
 */

const keptSchema = z.object({
  base: z.object({ file: z.string(), hash: z.string() }).nullable(),
  text: z.string(),
});

function keyOf(name: string): string {
  return `nightdesk.runbook.${name}`;
}

/** @returns false where the browser has no room for it */
export function keepEdit(storage: Storage, name: string, session: Session): boolean {
  try {
    storage.setItem(keyOf(name), JSON.stringify(session));
    return true;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

export function keptEdit(storage: Storage, name: string): Session | null {
  const kept = storage.getItem(keyOf(name));
  if (kept === null) return null;
  const read = keptSchema.safeParse(jsonOf(kept));
  return read.success ? read.data : null;
}

export function dropEdit(storage: Storage, name: string): void {
  storage.removeItem(keyOf(name));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
