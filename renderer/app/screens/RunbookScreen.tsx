import { useAnswer, useCall } from '../../link/index.ts';
import { RunbookView } from '../../runbooks/RunbookView.tsx';
import { go } from '../route.ts';
import { awaited } from './awaited.tsx';

export function RunbookScreen({ name }: { name: string }) {
  const { value, trouble } = useAnswer(`runbook ${name}`, (client) => client.runbooks.get({ name }));
  const { busy, refusal, run } = useCall();
  return awaited({ record: value ?? undefined, trouble }, `runbook ${name}`, (runbook) => (
    <RunbookView
      runbook={runbook}
      busy={busy}
      refusal={refusal}
      onStart={(inputs) =>
        void run(async (client) => {
          const started = await client.runs.start({ runbook: name, inputs });
          go({ view: 'run', id: started.id });
        })
      }
    />
  ));
}
