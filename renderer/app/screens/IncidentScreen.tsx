import { IncidentView } from '../../incidents/IncidentView.tsx';
import { useCall, useIncident } from '../../link/index.ts';
import { go } from '../route.ts';
import { awaited } from './awaited.tsx';
import { startRun } from './goOn.ts';
import type { ScreenProps } from './props.ts';

export function IncidentScreen({ id, now }: ScreenProps & { id: number }) {
  const { busy, refusal, run } = useCall();
  return awaited(useIncident(id), `incident ${id}`, (incident) => (
    <IncidentView
      incident={incident}
      now={now}
      busy={busy}
      refusal={refusal}
      onAcknowledge={() => void run((client) => client.incidents.acknowledge({ id }))}
      onNote={async (text) => (await run((client) => client.incidents.note({ id, text }))) !== undefined}
      onStart={(runbook) => void run((client) => startRun(client, runbook, id))}
      onGoOn={(runId) => go({ view: 'run', id: runId })}
    />
  ));
}
