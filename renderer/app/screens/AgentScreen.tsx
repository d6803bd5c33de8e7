import { AgentView } from '../../agents/AgentView.tsx';
import { useAnswer } from '../../link/index.ts';
import { addressOf } from '../route.ts';
import { awaited } from './awaited.tsx';
import type { ScreenProps } from './props.ts';

export function AgentScreen({ name, board, onAsk }: ScreenProps & { name: string }) {
  const { value, trouble } = useAnswer(`agent ${name}`, (client) => client.agents.get({ name }));
  const health = board?.agents[name] ?? null;
  return awaited({ record: value ?? undefined, trouble }, `agent ${name}`, (agent) => (
    <AgentView
      agent={health === null ? agent : { ...agent, intake: health.intake }}
      health={health}
      addresses={{
        tasks: addressOf({ view: 'tasks', filter: { agent: name } }),
        failed: addressOf({ view: 'tasks', filter: { agent: name, state: ['failed', 'in-doubt'] } }),
        queued: addressOf({ view: 'tasks', filter: { agent: name, state: ['queued', 'running'] } }),
      }}
      onPause={() => onAsk({ verb: 'pause', agent: name })}
      onDrain={() => onAsk({ verb: 'drain', agent: name })}
      onResume={() => onAsk({ verb: 'undo', action: { verb: 'resume', agent: name } })}
      onReroute={() => onAsk({ verb: 'reroute', agent: name })}
    />
  ));
}
