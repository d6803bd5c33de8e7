import { type ComponentType, lazy } from 'react';

/*
 * Parts of the console that come when they are asked for. They come from the desk, which may be gone just then: that
 * must not take the console with it.
 */

/** How often it is asked whether the desk answers again, ms. */
const EVERY_MS = 1_000;
/** A page that was loaded again for a missing part is not loaded again this soon, ms. */
const RELOAD_PATIENCE_MS = 30_000;
const RELOADED_KEY = 'nightdesk.reloaded';

const ahead: (() => Promise<unknown>)[] = [];

/**
 * A component whose code is loaded when it is first drawn.
 *
 * @param large it is not loaded ahead
 */
export function part<Props>(load: () => Promise<ComponentType<Props>>, { large = false } = {}) {
  if (!large) ahead.push(load);
  return lazy(async () => ({ default: await loadPart(load) }));
}

/** Loads what may be needed on the way, so that it is there when the desk is not. */
export async function loadAhead(): Promise<void> {
  try {
    for (const load of ahead) await load();
  } catch {
    // It is loaded when it is asked for, and its absence is told then.
  }
}

/** Waits for the desk where it does not answer. */
async function loadPart<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if (await deskAnswers()) return reloadPage(error);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }
}

async function deskAnswers(): Promise<boolean> {
  try {
    await fetch('/', { method: 'HEAD', cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}

/** After an upgrade under an open page the parts it would load by name are gone: the page itself is read anew. */
function reloadPage(error: unknown): Promise<never> {
  const before = Number(sessionStorage.getItem(RELOADED_KEY) ?? 0);
  if (Date.now() - before < RELOAD_PATIENCE_MS) throw error;
  sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
  window.location.reload();
  return new Promise(() => {});
}
