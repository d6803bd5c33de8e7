import { useState } from 'react';
import type { ObjectiveStanding } from '#contract/objective.ts';
import { ObjectiveDialog } from '../../agents/ObjectiveDialog.tsx';
import { ObjectivePanel } from '../../agents/ObjectivePanel.tsx';
import { useKeys } from '../../kit/index.ts';
import { type Answer, useCall, useClient } from '../../link/index.ts';

/** An agent against its objective, with the dialog that sets it (`o`). */
export function AgentObjective({ name, answer }: { name: string; answer: Answer<ObjectiveStanding> }) {
  const client = useClient();
  const { busy, refusal, run } = useCall();
  const [editing, setEditing] = useState(false);
  const { value: standing, trouble, refresh } = answer;
  const edit = (): void => setEditing(standing !== null);
  useKeys({ o: edit });

  async function settle(work: (of: typeof client) => Promise<ObjectiveStanding>): Promise<void> {
    if ((await run(work)) === undefined) return;
    setEditing(false);
    refresh();
  }

  return (
    <>
      <ObjectivePanel standing={standing} trouble={trouble} onEdit={edit} />
      {editing && standing !== null ? (
        <ObjectiveDialog
          objective={standing.objective}
          busy={busy}
          refusal={refusal}
          preview={(change) => client.objectives.preview(change)}
          onSet={(change) => void settle((of) => of.objectives.set(change))}
          onClear={() => void settle((of) => of.objectives.clear({ name }))}
          onClose={() => setEditing(false)}
        />
      ) : null}
    </>
  );
}
