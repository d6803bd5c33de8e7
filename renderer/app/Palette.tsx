import { Command } from 'cmdk';
import type { BoardState } from '#contract/stream.ts';
import { matcherText } from '../alerts/words.ts';
import { ASK_WORDS, asksOf } from '../incidents/asked.ts';
import { Dialog, Key } from '../kit/index.ts';
import { useAnswer, useCall } from '../link/index.ts';
import { freeName } from '../runbooks/library.ts';
import { canDo, deadLettersOf, forkSteps, REQUEUE_DEFAULT } from '../tasks/dead-letters.ts';
import styles from './app.module.css';
import type { Asked } from './asked.ts';
import { go, type Route } from './route.ts';
import { chooseTheme } from './theme.ts';
import { VIEWS } from './views.ts';

type Props = {
  /** What is on screen: what can be done with it comes first. */
  route: Route;
  board: BoardState | null;
  onAsk(asked: Asked): void;
  onHelp(): void;
  onClose(): void;
};

/** Finds everything and does everything, by its words. */
export function Palette({ route, board, onAsk, onHelp, onClose }: Props) {
  const runbooks = useAnswer('runbooks', (client) => client.runbooks.list());
  const names = (runbooks.value ?? []).map(({ name }) => name);
  const agents = Object.keys(board?.agents ?? {}).toSorted();
  const incidents = Object.values(board?.incidents ?? {});
  const interventions = Object.values(board?.interventions ?? {});
  const silences = Object.values(board?.silences ?? {});
  const questions = Object.values(board?.questions ?? {}).toSorted((a, b) => a.askedAt - b.askedAt);
  const breakers = [...Object.values(board?.providers ?? {}), ...Object.values(board?.integrations ?? {})]
    .toSorted((a, b) => Number(a.breaker === 'closed') - Number(b.breaker === 'closed'))
    .map((one) => one.name);
  const call = useCall();
  const doubtful = useAnswer('in doubt', (client) => client.tasks.list({ state: ['in-doubt'], limit: 50 }));
  const doubts = doubtful.value?.tasks ?? [];
  const letters = route.view === 'tasks' ? deadLettersOf(route.filter) : null;

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
          <Command.Group heading="On call">
            <Command.Item onSelect={to({ view: 'incidents', opening: true })}>Open an incident by hand…</Command.Item>
            <Command.Item onSelect={to({ view: 'alerts', silencing: true })}>Silence alerts…</Command.Item>
          </Command.Group>
          {route.view === 'incident' ? <IncidentItems id={route.id} to={to} /> : null}
          {route.view === 'task' ? <TaskItems task={route.id} act={act} onAsk={onAsk} /> : null}
          {letters === null ? null : (
            <Command.Group heading="This list">
              <Command.Item
                onSelect={act(() =>
                  onAsk({ verb: 'requeue', action: { verb: 'requeue', ...letters, limit: REQUEUE_DEFAULT } }),
                )}
              >
                Requeue what this list shows… <Key>q</Key>
              </Command.Item>
            </Command.Group>
          )}
          {questions.length + doubts.length === 0 ? null : (
            <Command.Group heading="Waiting for you">
              {questions.map((one) => (
                <Command.Item key={one.id} onSelect={to({ view: 'waiting', item: `q${one.id}`, part: null })}>
                  Answer {one.id}: {one.text}
                </Command.Item>
              ))}
              {doubts.map((one) => (
                <Command.Item key={one.id} onSelect={to({ view: 'waiting', item: one.id, part: null })}>
                  Resolve {one.id} of {one.agent}: {one.reason}
                </Command.Item>
              ))}
            </Command.Group>
          )}
          {interventions.length + silences.length === 0 ? null : (
            <Command.Group heading="Undo">
              {interventions.map((one) => (
                <Command.Item key={one.id} onSelect={act(() => onAsk({ verb: 'undo', action: one.undo }))}>
                  Undo: {one.verb} {one.agent}
                </Command.Item>
              ))}
              {silences.map((one) => (
                <Command.Item
                  key={`silence ${one.id}`}
                  onSelect={() => void call.run((client) => client.alerts.unsilence({ id: one.id })).then(onClose)}
                >
                  Undo: silence of {matcherText(one.matcher)}
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
              <Command.Item key={`set ${agent}`} onSelect={act(() => onAsk({ verb: 'set', agent }))}>
                Change the limits of {agent}…
              </Command.Item>,
              <Command.Item key={`objective ${agent}`} onSelect={act(() => onAsk({ verb: 'objective', agent }))}>
                Objective of {agent}…
              </Command.Item>,
              <Command.Item
                key={`requeue ${agent}`}
                onSelect={act(() =>
                  onAsk({
                    verb: 'requeue',
                    action: { verb: 'requeue', agent, state: 'failed', limit: REQUEUE_DEFAULT },
                  }),
                )}
              >
                Requeue failed tasks of {agent}…
              </Command.Item>,
              <Command.Item
                key={`failed ${agent}`}
                onSelect={to({ view: 'tasks', filter: { agent, state: ['failed', 'in-doubt'] } })}
              >
                Failed tasks of {agent}
              </Command.Item>,
            ])}
          </Command.Group>
          <Command.Group heading="Providers and integrations">
            {breakers.map((breaker) => (
              <Command.Item
                key={breaker}
                onSelect={act(() => onAsk({ verb: 'reset', action: { verb: 'reset', breaker } }))}
              >
                Reset the breaker of {breaker}…
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading="Data">
            <Command.Item
              onSelect={() => void call.run((client) => client.backups.make()).then(to({ view: 'settings' }))}
            >
              Make a backup now
            </Command.Item>
          </Command.Group>
          <Command.Group heading="Runbooks">
            {(runbooks.value ?? []).flatMap((one) => [
              <Command.Item key={one.name} onSelect={to({ view: 'runbook', name: one.name })}>
                Runbook: {one.title}
              </Command.Item>,
              <Command.Item
                key={`edit ${one.name}`}
                keywords={['runbook']}
                onSelect={to({ view: 'edit', name: one.name, from: null })}
              >
                Edit: {one.title}
              </Command.Item>,
            ])}
            <Command.Item onSelect={to({ view: 'edit', name: freeName(names), from: { from: 'template' } })}>
              Write a runbook…
            </Command.Item>
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

/** What can be asked of the incident on screen. */
function IncidentItems({ id, to }: { id: number; to(route: Route): () => void }) {
  const { value } = useAnswer(`palette incident ${id}`, (client) => client.incidents.get({ id }));
  if (value === null) return null;
  return (
    <Command.Group heading={`Incident ${id}`}>
      {asksOf(value).map((ask) => (
        <Command.Item key={ask} onSelect={to({ view: 'incident', id, asked: ask })}>
          {ASK_WORDS[ask].title} of this incident… <Key>{ASK_WORDS[ask].key}</Key>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

/** What can be done with the task on screen. */
function TaskItems({
  task,
  act,
  onAsk,
}: {
  task: string;
  act(what: () => void): () => void;
  onAsk(asked: Asked): void;
}) {
  const { value } = useAnswer(`palette ${task}`, (client) => client.tasks.get({ id: task }));
  if (value === null) return null;
  const can = canDo(value);
  return (
    <Command.Group heading={`Task ${task}`}>
      {can.requeue ? (
        <Command.Item onSelect={act(() => onAsk({ verb: 'requeue', action: { verb: 'requeue', tasks: [task] } }))}>
          Requeue {task}… <Key>q</Key>
        </Command.Item>
      ) : null}
      {can.retry ? (
        <Command.Item onSelect={act(() => onAsk({ verb: 'retry', task }))}>
          Try {task} now… <Key>n</Key>
        </Command.Item>
      ) : null}
      {can.resubmit ? (
        <Command.Item onSelect={act(() => onAsk({ verb: 'resubmit', task }))}>
          Edit and resubmit {task}… <Key>e</Key>
        </Command.Item>
      ) : null}
      {forkSteps(value).length > 0 ? (
        <Command.Item onSelect={act(() => onAsk({ verb: 'fork', task, step: null }))}>
          Fork {task} from a step… <Key>f</Key>
        </Command.Item>
      ) : null}
      {can.cancel ? (
        <Command.Item onSelect={act(() => onAsk({ verb: 'cancel', action: { verb: 'cancel', task } }))}>
          Cancel {task}…
        </Command.Item>
      ) : null}
    </Command.Group>
  );
}
