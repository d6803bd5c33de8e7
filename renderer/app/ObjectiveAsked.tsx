import { ObjectiveDialog } from '../agents/ObjectiveDialog.tsx';
import { Dialog } from '../kit/index.ts';
import { useAnswer, useCall, useClient } from '../link/index.ts';
import styles from './dialog.module.css';

/** The objective of an agent, to be tried on its past and set. */
export function ObjectiveAsked({ agent, onClose }: { agent: string; onClose(): void }) {
  const client = useClient();
  const { busy, refusal, run } = useCall();
  const { value, trouble } = useAnswer(`objective ${agent}`, (from) => from.objectives.get({ name: agent }));

  async function settle(work: (of: typeof client) => Promise<unknown>): Promise<void> {
    if ((await run(work)) !== undefined) onClose();
  }

  if (value === null) {
    return (
      <Dialog title={`Objective of ${agent}`} onClose={onClose}>
        <p className={styles.weak}>{trouble ?? 'reading…'}</p>
      </Dialog>
    );
  }
  return (
    <ObjectiveDialog
      objective={value.objective}
      busy={busy}
      refusal={refusal}
      preview={(change) => client.objectives.preview(change)}
      onSet={(change) => void settle((of) => of.objectives.set(change))}
      onClear={() => void settle((of) => of.objectives.clear({ name: agent }))}
      onClose={onClose}
    />
  );
}
