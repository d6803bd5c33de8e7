import { useCall } from '../../link/index.ts';
import { ProvidersView } from '../../providers/ProvidersView.tsx';
import type { ScreenProps } from './props.ts';

export function ProvidersScreen({ board, now }: ScreenProps) {
  const { busy, refusal, run } = useCall();
  return (
    <ProvidersView
      providers={board === null ? null : Object.values(board.providers)}
      now={now}
      rehearsal={board?.desk.desk?.rehearsal ?? false}
      busy={busy}
      refusal={refusal}
      onFault={(provider, fault) => void run((client) => client.providers.fault({ provider, fault }))}
    />
  );
}
