import type { Settings } from '#contract/settings.ts';
import type { Committer } from '../store/committer.ts';
import type { Database } from '../store/open.ts';
import { prepareRetention } from '../store/retention.ts';
import { prepareRollups } from '../store/rollup.ts';

/** What is old enough to go is looked for this often, ms. */
const LOOK_MS = 60_000;
/** Removing may hold a commit up this long, ms: a batch that took longer makes the next one smaller. */
const BATCH_MS = 5;
const ROWS = { first: 16, fewest: 4, most: 2_000 } as const;
/** A file over its limit is brought this far below it, so that it is not at the limit again at once. */
const BELOW = 0.95;
const HOUR_MS = 3_600_000;

export type RetentionOptions = {
  db: Database;
  committer: Committer;
  settings(): Settings;
  now(): number;
  log(message: string): void;
};

/** How many rows the next batch may remove, after one of `rows` took `ms`. Pure. */
export function nextRows(rows: number, ms: number): number {
  if (ms > BATCH_MS) return Math.max(ROWS.fewest, Math.floor(rows / 2));
  return ms < BATCH_MS / 2 ? Math.min(ROWS.most, rows * 2) : rows;
}

/**
 * Removes ended tasks by age, and the oldest of them when the file is too large, in batches between other commits. What
 * the rollups have not counted for good is never removed: they are exact whatever is gone.
 */
export function createRetention(options: RetentionOptions) {
  const { now } = options;
  const store = prepareRetention(options.db);
  const rollups = prepareRollups(options.db);
  let timer: NodeJS.Timeout | undefined;
  let rows: number = ROWS.first;
  let removed = 0;
  let stopped = false;
  let sweeping = false;

  /** After a crash health counts this hour, and what follows, again from the tasks. */
  function countedUntil(): number {
    return Math.floor((rollups.newest('minute') ?? rollups.newest('hour') ?? 0) / HOUR_MS) * HOUR_MS;
  }

  function limitBytes(): number {
    return options.settings().retention.megabytes * 1024 * 1024;
  }

  /** Removes what ended before, batch after batch, while `wanted`. */
  async function removeBefore(before: number, wanted: () => boolean): Promise<void> {
    const { keep } = options.settings().retention;
    let from = 0;
    while (!stopped && wanted()) {
      let took = 0;
      const keepKeys = { since: now() - keep, forMs: keep };
      const batch = await options.committer.commit(() => {
        const began = performance.now();
        const done = store.removeTasks(from, before, rows, keepKeys);
        took = performance.now() - began;
        return done;
      });
      rows = nextRows(rows, took);
      removed += batch.tasks;
      from = batch.from;
      if (!batch.more) return;
      await pause(took);
    }
  }

  /** At least two thirds of the time are left to the work itself. */
  function pause(took: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, Math.max(2, took * 2)));
  }

  async function sweep(): Promise<void> {
    const { keep } = options.settings().retention;
    await removeBefore(Math.min(now() - keep, countedUntil()), () => true);
    if (store.usedBytes() > limitBytes()) {
      await removeBefore(countedUntil(), () => store.usedBytes() > limitBytes() * BELOW);
    }
    for (let gone = 1; gone > 0 && !stopped; ) {
      gone = await options.committer.commit(() => store.removeRest(now() - keep, now(), ROWS.first));
      await pause(1);
    }
  }

  function look(): void {
    clearTimeout(timer);
    timer = setTimeout(look, LOOK_MS);
    timer.unref();
    if (sweeping) return;
    sweeping = true;
    sweep()
      // The disk is full, most likely: the next look tries again.
      .catch((error: unknown) => options.log(`old tasks could not be removed: ${String(error)}`))
      .finally(() => {
        sweeping = false;
      });
  }

  return {
    /** Looks now, and from now on: at the start, and when settings change. */
    look,
    removed: (): number => removed,
    oldestEnd: store.oldestEnd,
    usedBytes: store.usedBytes,
    stop(): void {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
