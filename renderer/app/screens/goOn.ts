import type { Incident } from '#contract/incident.ts';
import type { Client } from '../../link/index.ts';
import { go } from '../route.ts';

/** Opens the incident's run; starts its best runbook when none is begun. */
export async function goOn(client: Client, incident: Incident): Promise<void> {
  if (incident.run !== null) {
    go({ view: 'run', id: incident.run.id });
    return;
  }
  const [best] = incident.runbooks;
  if (best !== undefined) await startRun(client, best.name, incident.id);
}

/** Starts a runbook for an incident, and opens the run. */
export async function startRun(client: Client, runbook: string, incident: number): Promise<void> {
  const run = await client.runs.start({ runbook, incident });
  go({ view: 'run', id: run.id });
}
