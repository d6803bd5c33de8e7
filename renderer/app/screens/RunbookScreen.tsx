import { useAnswer, useCall } from '../../link/index.ts';
import { RunbookView } from '../../runbooks/RunbookView.tsx';
import { addressOf, go } from '../route.ts';
import { awaited } from './awaited.tsx';
import type { ScreenProps } from './props.ts';
import { useEditStep } from './useEditStep.tsx';

export function RunbookScreen({ name, now }: ScreenProps & { name: string }) {
  const { value, trouble, refresh } = useAnswer(`runbook ${name}`, (client) => client.runbooks.get({ name }));
  const use = useAnswer(`use of ${name}`, (client) => client.runbooks.stepMetrics({ name }));
  const { busy, refusal, run } = useCall();
  const editStep = useEditStep(name, refresh);
  const screen = awaited({ record: value ?? undefined, trouble }, `runbook ${name}`, (runbook) => (
    <RunbookView
      runbook={runbook}
      use={use.value}
      now={now}
      busy={busy}
      refusal={refusal}
      addressOfRun={(id) => addressOf({ view: 'run', id })}
      onStart={(inputs) =>
        void run(async (client) => {
          const started = await client.runs.start({ runbook: name, inputs });
          go({ view: 'run', id: started.id });
        })
      }
      said={editStep.said}
      onEdit={() => go({ view: 'edit', name, from: null })}
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
