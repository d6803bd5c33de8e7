import type { Database } from 'better-sqlite3';

/** How far an agent's schedule has come. */
export type ScheduleRow = {
  agent: string;
  /** The schedule that `fired_at` belongs to. */
  cron: string;
  /** Starts up to this moment are behind us, ms since the epoch. */
  fired_at: number;
  /** The task of the last start. */
  task: number | null;
};

/** Statements on schedules. They run inside the caller's transaction. */
export function prepareSchedules(db: Database) {
  const row = db.prepare<[string], ScheduleRow>('SELECT agent, cron, fired_at, task FROM schedule WHERE agent = ?');
  const write = db.prepare<unknown[]>(
    'INSERT OR REPLACE INTO schedule (agent, cron, fired_at, task) VALUES (?, ?, ?, ?)',
  );
  return {
    row: (agent: string): ScheduleRow | undefined => row.get(agent),
    write: (to: ScheduleRow): void => {
      write.run(to.agent, to.cron, to.fired_at, to.task);
    },
  };
}
export type ScheduleStore = ReturnType<typeof prepareSchedules>;
