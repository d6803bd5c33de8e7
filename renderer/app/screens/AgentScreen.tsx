import type { AgentHealth } from '#contract/health.ts';
import type { TaskState } from '#contract/task.ts';
import { AgentView } from '../../agents/AgentView.tsx';
import { ForeignAgentView } from '../../agents/ForeignAgentView.tsx';
import { ObjectivePanel } from '../../agents/ObjectivePanel.tsx';
import { useAnswer, useTasks } from '../../link/index.ts';
import { addressOf } from '../route.ts';
import { awaited } from './awaited.tsx';
import type { ScreenProps } from './props.ts';

const IN_FLIGHT: TaskState[] = ['queued', 'running', 'waiting', 'retrying'];

export function AgentScreen(props: ScreenProps & { name: string }) {
  const health = props.board?.agents[props.name];
  return health === undefined || health.runtime === 'embedded' ? (
    <OwnAgent {...props} />
  ) : (
    <ForeignAgent health={health} onAsk={props.onAsk} />
  );
}

function ForeignAgent({ health, onAsk }: Pick<ScreenProps, 'onAsk'> & { health: AgentHealth }) {
  const { name } = health;
  const objective = useAnswer(`objective ${name}`, (client) => client.objectives.get({ name }));
  return (
    <ForeignAgentView
      health={health}
      objective={
        <ObjectivePanel
          standing={objective.value}
          trouble={objective.trouble}
          onEdit={() => onAsk({ verb: 'objective', agent: name })}
        />
      }
    />
  );
}

function OwnAgent({ name, board, now, onAsk }: ScreenProps & { name: string }) {
  const { value, trouble } = useAnswer(`agent ${name}`, (client) => client.agents.get({ name }));
  const routes = useAnswer('routes', (client) => client.providers.routes());
  const objective = useAnswer(`objective ${name}`, (client) => client.objectives.get({ name }));
  const correctness = useAnswer(`correctness ${name}`, (client) => client.samples.correctness({ agent: name }));
  const { state } = useTasks({ agent: name, state: IN_FLIGHT });
  const health = board?.agents[name] ?? null;
  const tasks = (state: TaskState[]) => addressOf({ view: 'tasks', filter: { agent: name, state } });
  return awaited({ record: value ?? undefined, trouble }, `agent ${name}`, (agent) => (
    <AgentView
      agent={health === null ? agent : { ...agent, intake: health.intake }}
      health={health}
      route={routes.value?.find((route) => route.agent === name) ?? null}
      providers={board?.providers ?? {}}
      spend={board?.spends[`agent:${name}`] ?? null}
      objective={
        <ObjectivePanel
          standing={objective.value}
          trouble={objective.trouble}
          onEdit={() => onAsk({ verb: 'objective', agent: name })}
        />
      }
      forecast={objective.value?.cost ?? null}
      correctness={correctness.value?.[0] ?? null}
      inFlight={state === null ? null : Object.values(state.tasks)}
      now={now}
      addresses={{
        tasks: addressOf({ view: 'tasks', filter: { agent: name } }),
        failed: tasks(['failed', 'in-doubt']),
        queued: tasks(['queued']),
        running: tasks(['running']),
        waiting: (kind) => addressOf({ view: 'tasks', filter: { agent: name, waitKind: [kind] } }),
        task: (task) => addressOf({ view: 'task', id: task.id }),
        providers: addressOf({ view: 'providers' }),
        samples: addressOf({ view: 'samples', item: null }),
      }}
      onPause={() => onAsk({ verb: 'pause', agent: name })}
      onDrain={() => onAsk({ verb: 'drain', agent: name })}
      onResume={() => onAsk({ verb: 'undo', action: { verb: 'resume', agent: name } })}
      onReroute={() => onAsk({ verb: 'reroute', agent: name })}
      onSet={() => onAsk({ verb: 'set', agent: name })}
    />
  ));
}
