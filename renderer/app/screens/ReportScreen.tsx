import { useState } from 'react';
import type { ReportFile } from '#contract/report.ts';
import { useAnswer, useCall } from '../../link/index.ts';
import { ReportView } from '../../reports/ReportView.tsx';
import { addressOf } from '../route.ts';
import { awaited } from './awaited.tsx';
import type { ScreenProps } from './props.ts';

export function ReportScreen({ id }: ScreenProps & { id: number }) {
  const { value, trouble } = useAnswer(`report ${id}`, (client) => client.reports.get({ id }));
  const routes = useAnswer('alert routes', (client) => client.alertRoutes.list());
  const { busy, refusal, run } = useCall();
  const [sent, setSent] = useState<string | null>(null);
  return awaited({ record: value ?? undefined, trouble }, `report ${id}`, (report) => (
    <ReportView
      report={report}
      routes={routes.value?.map(({ name }) => name) ?? []}
      busy={busy}
      refusal={refusal}
      sent={sent}
      incidentAddress={(incident) => addressOf({ view: 'incident', id: incident })}
      agentAddress={(name) => addressOf({ view: 'agent', name })}
      onSave={(format) => void run(async (client) => save(await client.reports.file({ id, format })))}
      onSend={(to) =>
        void run(async (client) => {
          await client.reports.send({ id, to });
          setSent(`on its way to ${to.join(', ')}`);
        })
      }
    />
  ));
}

/** Hands a file to the person, as the browser saves files. */
function save({ name, type, content }: ReportFile): void {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.codePointAt(0) ?? 0);
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
