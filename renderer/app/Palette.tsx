import { Command } from 'cmdk';
import type { BoardState } from '#contract/stream.ts';
import { Dialog, Key } from '../kit/index.ts';
import { useAnswer } from '../link/index.ts';
import styles from './app.module.css';
import type { Asked } from './asked.ts';
import { go, type Route } from './route.ts';
import { chooseTheme } from './theme.ts';
import { VIEWS } from './views.ts';

type Props = { board: BoardState | null; onAsk(asked: Asked): void; onHelp(): void; onClose(): void };

/** Finds everything and does everything, by its words. */
export function Palette({ board, onAsk, onHelp, onClose }: Props) {
  const runbooks = useAnswer('runbooks', (client) => client.runbooks.list());
  const agents = Object.keys(board?.agents ?? {}).toSorted();
  const incidents = Object.values(board?.incidents ?? {});
  const interventions = Object.values(board?.interventions ?? {});

  function act(what: () => void): () => void {
    return () => {
      onClose();
      what();
    };
  }
  const to = (route: Route) => act(() => go(route));

  return (
    <Dialog title="Find or do" onClose={onClose} bare>
      <Command className={styles.palette} label="Find or do">
        <Command.Input placeholder="Find or do…" autoFocus className={styles.paletteInput} />
        <Command.List className={styles.paletteList}>
          <Command.Empty className={styles.weak}>Nothing by these words.</Command.Empty>
          {incidents.length === 0 ? null : (
            <Command.Group heading="Incidents">
              {incidents.map((one) => (
                <Command.Item key={one.id} onSelect={to({ view: 'incident', id: one.id })}>
                  Incident {one.id}: {one.title}
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {interventions.length === 0 ? null : (
            <Command.Group heading="Undo">
              {interventions.map((one) => (
                <Command.Item key={one.id} onSelect={act(() => onAsk({ verb: 'undo', action: one.undo }))}>
                  Undo: {one.verb} {one.agent}
                </Command.Item>
              ))}
            </Command.Group>
          )}
          <Command.Group heading="Go to">
            {VIEWS.flat().map((view) => (
              <Command.Item key={view.title} onSelect={to(view.route)}>
                {view.title} <Key>{`g ${view.key}`}</Key>
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading="Agents">
            {agents.flatMap((agent) => [
              <Command.Item key={`open ${agent}`} onSelect={to({ view: 'agent', name: agent })}>
                Open {agent}
              </Command.Item>,
              <Command.Item key={`pause ${agent}`} onSelect={act(() => onAsk({ verb: 'pause', agent }))}>
                Pause {agent}…
              </Command.Item>,
              <Command.Item key={`drain ${agent}`} onSelect={act(() => onAsk({ verb: 'drain', agent }))}>
                Drain {agent}…
              </Command.Item>,
              <Command.Item
                key={`resume ${agent}`}
                onSelect={act(() => onAsk({ verb: 'undo', action: { verb: 'resume', agent } }))}
              >
                Resume {agent}…
              </Command.Item>,
              <Command.Item key={`reroute ${agent}`} onSelect={act(() => onAsk({ verb: 'reroute', agent }))}>
                Reroute {agent}…
              </Command.Item>,
              <Command.Item
                key={`failed ${agent}`}
                onSelect={to({ view: 'tasks', filter: { agent, state: ['failed', 'in-doubt'] } })}
              >
                Failed tasks of {agent}
              </Command.Item>,
            ])}
          </Command.Group>
          <Command.Group heading="Runbooks">
            {(runbooks.value ?? []).map((one) => (
              <Command.Item key={one.name} onSelect={to({ view: 'runbook', name: one.name })}>
                Runbook: {one.title}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading="This console">
            <Command.Item onSelect={act(onHelp)}>
              Keys <Key>?</Key>
            </Command.Item>
            <Command.Item onSelect={act(() => chooseTheme('dark'))}>Dark theme</Command.Item>
            <Command.Item onSelect={act(() => chooseTheme('light'))}>Light theme</Command.Item>
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}
