import { IncidentsView } from '../../incidents/IncidentsView.tsx';
import { useAnswer, useCall } from '../../link/index.ts';
import { addressOf, go } from '../route.ts';
import type { ScreenProps } from './props.ts';

export function IncidentsScreen({ now }: ScreenProps) {
  const { value, refresh } = useAnswer('incidents', (client) => client.incidents.list({ open: false }));
  const { run } = useCall();
  return (
    <IncidentsView
      incidents={value}
      now={now}
      addressOf={(incident) => addressOf({ view: 'incident', id: incident.id })}
      onOpen={(incident) => go({ view: 'incident', id: incident.id })}
      onAcknowledge={(incident) =>
        void run(async (client) => {
          await client.incidents.acknowledge({ id: incident.id });
          refresh();
        })
      }
    />
  );
}
