import { Cron } from 'croner';
import type { AgentDefinition } from '#contract/agent.ts';

/**
 * Reads `MIN HOUR DAY MONTH WEEKDAY [ZONE]` as an agent file writes it.
 * @returns what croner takes: the five fields, and the time zone where one is given
 */
export function scheduleOf(text: string): { pattern: string; timezone: string | undefined } {
  const fields = text.trim().split(/\s+/);
  return { pattern: fields.slice(0, 5).join(' '), timezone: fields[5] };
}

/** Submits a task when an agent's schedule fires; the key is the moment, so that a restart does not submit twice. */
export function createSchedules(submit: (agent: string, firedAt: number) => void) {
  const jobs = new Map<string, Cron>();
  /** Looked up with every frame of the board, and dear to compute in a time zone: kept until it has passed. */
  const starts = new Map<string, number>();
  function stop(): void {
    for (const job of jobs.values()) job.stop();
    jobs.clear();
    starts.clear();
  }
  return {
    define(definitions: AgentDefinition[]): void {
      stop();
      for (const { name, nightdesk } of definitions) {
        if (nightdesk.schedule === undefined) continue;
        const { pattern, timezone } = scheduleOf(nightdesk.schedule);
        const options = { unref: true, ...(timezone === undefined ? {} : { timezone }) };
        jobs.set(
          name,
          new Cron(pattern, options, (job: Cron) => submit(name, job.currentRun()?.getTime() ?? Date.now())),
        );
      }
    },
    /** When an agent's schedule fires next, ms since the epoch; null without a schedule. */
    nextStart(agent: string, now: number): number | null {
      const known = starts.get(agent);
      if (known !== undefined && known > now) return known;
      const start = jobs.get(agent)?.nextRun()?.getTime();
      if (start !== undefined) starts.set(agent, start);
      return start ?? null;
    },
    stop,
  };
}
