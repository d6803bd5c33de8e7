import type { BoardWindow } from '#contract/health.ts';
import type { Incident } from '#contract/incident.ts';
import { type BoardAddresses, BoardView } from '../../board/BoardView.tsx';
import { useAnswer, useCall } from '../../link/index.ts';
import { Notice } from '../Notice.tsx';
import { addressOf, go } from '../route.ts';
import { goOn } from './goOn.ts';
import type { ScreenProps } from './props.ts';

const WINDOW_MS: Record<BoardWindow, number> = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000 };

export function BoardScreen({ window, board, now, stale, onAsk }: ScreenProps & { window: BoardWindow }) {
  const { busy, refusal, run } = useCall();
  const correctness = useAnswer('correctness', (client) => client.samples.correctness({}));
  if (board === null) return <Notice title="" text="reading…" />;

  const addresses: BoardAddresses = {
    agent: (name) => addressOf({ view: 'agent', name }),
    ended: (agent) =>
      addressOf({ view: 'tasks', filter: { agent, endedFrom: Math.floor(now / 60_000) * 60_000 - WINDOW_MS[window] } }),
    inState: (agent, state) =>
      addressOf({ view: 'tasks', filter: { ...(agent === null ? {} : { agent }), state: [state] } }),
    incident: (id) => addressOf({ view: 'incident', id }),
    providers: addressOf({ view: 'providers' }),
    waiting: (part) => addressOf({ view: 'waiting', item: null, part }),
    samples: addressOf({ view: 'samples', item: null }),
  };

  return (
    <BoardView
      board={board}
      correctness={correctness.value}
      window={window}
      now={now}
      stale={stale}
      busy={busy}
      refusal={refusal}
      addresses={addresses}
      onWindow={(next) => go({ view: 'board', window: next }, 'replace')}
      onOpenAgent={(agent) => go({ view: 'agent', name: agent.name })}
      onOpenEnded={(from, to) => go({ view: 'tasks', filter: { endedFrom: from, endedTo: to } })}
      onPause={(agent) => onAsk({ verb: 'pause', agent: agent.name })}
      onReroute={(agent) => onAsk({ verb: 'reroute', agent: agent.name })}
      onGoOn={(incident: Incident) => void run((client) => goOn(client, incident))}
      onAcknowledge={(incident) => void run((client) => client.incidents.acknowledge({ id: incident.id }))}
    />
  );
}
