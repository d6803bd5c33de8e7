import { useState } from 'react';
import type { IncidentDetail } from '#contract/incident.ts';
import type { RollBackPlan } from '#contract/runbook.ts';
import { useAnswer, useCall, useRun } from '../../link/index.ts';
import { RunView } from '../../runbooks/run/RunView.tsx';
import { awaited } from './awaited.tsx';
import type { ScreenProps } from './props.ts';
import { useEditStep } from './useEditStep.tsx';

export function RunScreen({ id, board, now }: ScreenProps & { id: number }) {
  const followed = useRun(id);
  const { busy, refusal, run: call } = useCall();
  const incidentId = followed.record?.incident ?? null;
  const incident = useAnswer<IncidentDetail | null>(`incident of run ${id} ${incidentId}`, async (client) =>
    incidentId === null ? null : client.incidents.get({ id: incidentId }),
  );
  const about = useAnswer('about', (client) => client.about());
  const [backTo, setBackTo] = useState<string | null>(null);
  const rollBack = useAnswer<RollBackPlan | null>(`roll back of run ${id} to ${backTo}`, async (client) =>
    backTo === null ? null : client.runs.rollBackPlan({ id, step: backTo }),
  );
  const editStep = useEditStep(followed.record?.runbook ?? '', () => undefined);
  const screen = awaited(followed, `run ${id}`, (run) => (
    <RunView
      run={run}
      user={about.value?.user ?? run.holder.name}
      agent={run.agent === null ? null : (board?.agents[run.agent] ?? null)}
      incident={incident.value}
      now={now}
      busy={busy}
      refusal={refusal}
      rollBack={rollBack.value}
      onPlanRollBack={setBackTo}
      onCommand={(command) => void call((client) => client.runs.command({ id, command }))}
      said={editStep.said}
      onEditStep={editStep.open}
    />
  ));
  return (
    <>
      {screen}
      {editStep.dialog}
    </>
  );
}
