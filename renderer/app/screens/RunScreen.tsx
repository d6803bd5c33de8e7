import type { IncidentDetail } from '#contract/incident.ts';
import { useAnswer, useCall, useRun } from '../../link/index.ts';
import { RunView } from '../../runbooks/run/RunView.tsx';
import { awaited } from './awaited.tsx';
import type { ScreenProps } from './props.ts';

export function RunScreen({ id, board, now }: ScreenProps & { id: number }) {
  const followed = useRun(id);
  const { busy, refusal, run: call } = useCall();
  const incidentId = followed.record?.incident ?? null;
  const incident = useAnswer<IncidentDetail | null>(`incident of run ${id} ${incidentId}`, async (client) =>
    incidentId === null ? null : client.incidents.get({ id: incidentId }),
  );
  return awaited(followed, `run ${id}`, (run) => (
    <RunView
      run={run}
      agent={run.agent === null ? null : (board?.agents[run.agent] ?? null)}
      incident={incident.value}
      now={now}
      busy={busy}
      refusal={refusal}
      onCommand={(command) => void call((client) => client.runs.command({ id, command }))}
    />
  ));
}
