import { IncidentsView } from '../../incidents/IncidentsView.tsx';
import { OpenDialog } from '../../incidents/OpenDialog.tsx';
import { useAnswer, useCall } from '../../link/index.ts';
import { addressOf, go } from '../route.ts';
import type { ScreenProps } from './props.ts';

export function IncidentsScreen({ opening, board, now }: ScreenProps & { opening: boolean }) {
  const { value, refresh } = useAnswer('incidents', (client) => client.incidents.list({ open: false }));
  const rehearsal = board?.desk.desk?.rehearsal ?? false;
  const stats = useAnswer(`incident times ${rehearsal}`, (client) => client.incidents.stats({ rehearsal }));
  const { busy, refusal, run } = useCall();
  return (
    <>
      <IncidentsView
        incidents={value}
        stats={stats.value}
        now={now}
        addressOf={(incident) => addressOf({ view: 'incident', id: incident.id })}
        onOpen={(incident) => go({ view: 'incident', id: incident.id })}
        onNew={() => go({ view: 'incidents', opening: true }, 'replace')}
        onAcknowledge={(incident) =>
          void run(async (client) => {
            await client.incidents.acknowledge({ id: incident.id });
            refresh();
          })
        }
      />
      {opening ? (
        <OpenDialog
          agents={Object.keys(board?.agents ?? {}).toSorted()}
          busy={busy}
          refusal={refusal}
          onClose={() => go({ view: 'incidents' }, 'replace')}
          onOpen={({ note, ...rest }) =>
            void run(async (client) => {
              const words = note.trim();
              const { id } = await client.incidents.open(words === '' ? rest : { ...rest, note: words });
              go({ view: 'incident', id });
            })
          }
        />
      ) : null}
    </>
  );
}
