import { AgentsView } from '../../agents/AgentsView.tsx';
import { useAnswer } from '../../link/index.ts';
import { addressOf, go } from '../route.ts';
import type { ScreenProps } from './props.ts';

export function AgentsScreen({ board, now }: ScreenProps) {
  const { value } = useAnswer('agents', (client) => client.agents.list());
  return (
    <AgentsView
      agents={value}
      health={board?.agents ?? {}}
      now={now}
      addressOf={(agent) => addressOf({ view: 'agent', name: agent.name })}
      onOpen={(agent) => go({ view: 'agent', name: agent.name })}
    />
  );
}
