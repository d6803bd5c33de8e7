import type { Incident } from '#contract/incident.ts';
import type { RunDetail, RunStep } from '#contract/runbook.ts';
import type { Task } from '#contract/task.ts';
import { dataFolder, startDesk, type TestDesk } from './desk.ts';
import { until } from './until.ts';

/**
 * A desk in rehearsal, with the three sample agents and this many tasks a minute for each that has fixtures for it.
 *
 * @param at where it is to stand again after a restart; a new folder and a free port when left out
 */
export function startRehearsal(
  perMinute: number,
  { folder = dataFolder(), port = '0' }: { folder?: string; port?: string } = {},
): Promise<TestDesk> {
  return startDesk(folder, '--rehearsal', String(perMinute), '--port', port);
}

/** The incident that opened by itself; waits until one has. */
export function incidentOf(desk: TestDesk): Promise<Incident> {
  return until(async () => (await desk.client.incidents.list({ open: true }))[0]);
}

/** Takes the first provider of every sample agent down, and waits for the incident. */
export async function breakProvider(desk: TestDesk): Promise<Incident> {
  await desk.client.providers.fault({ provider: 'anthropic', fault: { down: true, errorRate: 0, latencyMs: 0 } });
  return incidentOf(desk);
}

/** A task that failed on the provider that is down, was tried again and succeeded; waits until there is one. */
export function retriedTask(desk: TestDesk): Promise<Task> {
  return until(async () => {
    const { tasks } = await desk.client.tasks.list({ state: ['succeeded'], limit: 500 });
    return tasks.find((task) => task.attempts > 1 && task.model?.startsWith('openai/'));
  });
}

/** The open step of a run. */
function currentOf(run: RunDetail): RunStep | undefined {
  return run.steps.find((step) => step.id === run.current);
}

/** Confirms the steps of a run until the one with this verb is open, as a person who reads each plan would. */
export async function runUpTo(desk: TestDesk, id: number, verb: RunStep['verb']): Promise<RunDetail> {
  for (;;) {
    const run = await until(async () => {
      const now = await desk.client.runs.get({ id });
      return (now.endedAt !== null || currentOf(now)?.state === 'todo') && now;
    });
    const step = currentOf(run);
    if (step === undefined || step.verb === verb) return run;
    const planHash = step.plan?.hash;
    await desk.client.runs.command({
      id,
      command: { do: 'confirm', step: step.id, ...(planHash === undefined ? {} : { planHash }) },
    });
  }
}
