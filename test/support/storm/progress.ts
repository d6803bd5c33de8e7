import { endedCount, rowsOf } from './records.ts';

/** Far longer than any fault of the storm lasts, and shorter than the test's own limit, ms. */
const STUCK_MS = 120_000;
const LOOK_MS = 1_000;

/** Rejects when nothing has ended for so long that the desk is stuck, and says what is open: a hang is a failure that speaks. */
export function watchProgress(folder: string): { stuck: Promise<never>; stop(): void } {
  let ended = -1;
  let since = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const count = endedCount(folder);
      if (count !== ended) {
        ended = count;
        since = performance.now();
      } else if (performance.now() - since > STUCK_MS) {
        clearInterval(timer);
        reject(new Error(`nothing ended for ${STUCK_MS / 1_000} s; open: ${JSON.stringify(open(folder))}`));
      }
    }, LOOK_MS);
  });
  // It may come when nobody waits for it yet.
  stuck.catch(() => {});
  return { stuck, stop: () => clearInterval(timer) };
}

function open(folder: string): unknown[] {
  return rowsOf(
    folder,
    'nightdesk.db',
    `SELECT state, wait_kind, count(*) AS tasks, min(id) AS first FROM task WHERE ended_at IS NULL OR state = 'in-doubt' GROUP BY state, wait_kind`,
  );
}
