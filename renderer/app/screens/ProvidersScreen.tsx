import { useAnswer, useCall } from '../../link/index.ts';
import { ProvidersView } from '../../providers/ProvidersView.tsx';
import { addressOf } from '../route.ts';
import type { ScreenProps } from './props.ts';

/** So much of the history is read. */
const EVENTS = 100;

export function ProvidersScreen({ board, now, onAsk }: ScreenProps) {
  const { busy, refusal, run } = useCall();
  const routes = useAnswer('routes', (client) => client.providers.routes());
  const events = useAnswer('provider events', (client) => client.providers.events({ limit: EVENTS }));
  return (
    <ProvidersView
      providers={board === null ? null : Object.values(board.providers)}
      integrations={Object.values(board?.integrations ?? {})}
      spends={board?.spends ?? {}}
      routes={routes.value}
      events={events.value}
      now={now}
      rehearsal={board?.desk.desk?.rehearsal ?? false}
      busy={busy}
      refusal={refusal ?? routes.trouble ?? events.trouble}
      addressOfAgent={(name) => addressOf({ view: 'agent', name })}
      onFault={(provider, fault) => void run((client) => client.providers.fault({ provider, fault }))}
      onReset={(breaker) => onAsk({ verb: 'reset', action: { verb: 'reset', breaker } })}
    />
  );
}
