import { useAnswer, useCall } from '../../link/index.ts';
import { ReportsView } from '../../reports/ReportsView.tsx';
import { addressOf, go } from '../route.ts';
import type { ScreenProps } from './props.ts';

export function ReportsScreen({ now }: ScreenProps) {
  const { value } = useAnswer('reports', (client) => client.reports.list());
  const { busy, refusal, run } = useCall();
  return (
    <ReportsView
      reports={value}
      now={now}
      busy={busy}
      refusal={refusal}
      addressOf={({ id }) => addressOf({ view: 'report', id })}
      onOpen={({ id }) => go({ view: 'report', id })}
      onMake={(week) =>
        void run(async (client) => {
          const { id } = await client.reports.make({ week });
          go({ view: 'report', id });
        })
      }
    />
  );
}
