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

/** When an agent's schedule fires next, in ms since the epoch; null without a schedule. */
export function nextStart(definition: AgentDefinition): number | null {
  if (definition.nightdesk.schedule === undefined) return null;
  const { pattern, timezone } = scheduleOf(definition.nightdesk.schedule.cron);
  const cron = new Cron(pattern, { paused: true, ...(timezone === undefined ? {} : { timezone }) });
  return cron.nextRun()?.getTime() ?? null;
}

/** Submits a task when an agent's schedule fires; the key is the moment, so that a restart does not submit twice. */
export function createSchedules(submit: (agent: string, firedAt: number) => void) {
  let jobs: Cron[] = [];
  function stop(): void {
    for (const job of jobs) job.stop();
    jobs = [];
  }
  return {
    define(definitions: AgentDefinition[]): void {
      stop();
      jobs = definitions.flatMap((definition) => {
        if (definition.nightdesk.schedule === undefined) return [];
        const { pattern, timezone } = scheduleOf(definition.nightdesk.schedule.cron);
        const options = { unref: true, ...(timezone === undefined ? {} : { timezone }) };
        return [
          new Cron(pattern, options, (job: Cron) => submit(definition.name, job.currentRun()?.getTime() ?? Date.now())),
        ];
      });
    },
    stop,
  };
}
