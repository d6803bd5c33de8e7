import { useEffect, useState } from 'react';
import type { BoardWindow, DeskState } from '#contract/health.ts';
import { wholeOf } from '../board/whole.ts';
import { needsNow } from '../incidents/state.ts';
import { useKeys } from '../kit/index.ts';
import { readDeskClock, useBoard, useCall, useConnection, useNow } from '../link/index.ts';
import { ActionDialog } from './ActionDialog.tsx';
import styles from './app.module.css';
import { type Asked, isAction } from './asked.ts';
import { Help } from './Help.tsx';
import { Notices } from './Notices.tsx';
import { ObjectiveAsked } from './ObjectiveAsked.tsx';
import { Palette } from './Palette.tsx';
import { loadAhead } from './part.ts';
import { Rail } from './Rail.tsx';
import { addressOf, followLinks, type Route, routeOf, useAddress } from './route.ts';
import { Screen } from './Screen.tsx';
import { TaskDialog } from './TaskDialog.tsx';
import { TopStrip } from './TopStrip.tsx';
import { useGoKeys } from './useGoKeys.ts';

/** Frames come at least once a second: data older than two of them, with a second of grace, are not believed, ms. */
const STALE_MS = 3_000;

/** The console: the strip on top, the rail, one view, and what lies over them. */
export function App() {
  const address = useAddress();
  const [path = '/', search = ''] = address.split('?');
  const route = routeOf(path, search);
  const window = useBoardWindow(route);
  const board = useBoard(window);
  const connection = useConnection();
  const now = useNow();
  const unsilence = useCall();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [over, setOver] = useState<'palette' | 'help' | null>(null);

  useEffect(() => readDeskClock(board.at, board.receivedAt), [board.at, board.receivedAt]);
  useEffect(() => {
    document.addEventListener('click', followLinks);
    return () => document.removeEventListener('click', followLinks);
  }, []);
  const isRead = board.state !== null;
  useEffect(() => {
    if (isRead) void loadAhead();
  }, [isRead]);
  useTitle(route);
  useGoKeys();
  useKeys({ '?': () => setOver('help') });
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOver((before) => (before === 'palette' ? null : 'palette'));
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);

  const age = board.receivedAt === 0 ? null : Math.max(0, Date.now() - board.receivedAt);
  const stale = age !== null && age > STALE_MS;
  const agents = Object.values(board.state?.agents ?? {});
  const open = Object.values(board.state?.incidents ?? {}).filter((incident) => incident.state !== 'resolved');
  const urgent = open.filter(needsNow).length;
  const soon = open.filter((incident) => incident.state === 'open').length - urgent;

  return (
    <div className={styles.app}>
      <a className={styles.skip} href="#view">
        Skip to the view
      </a>
      <TopStrip
        whole={
          board.state === null
            ? null
            : stale
              ? { tone: 'unknown', text: 'Not known now' }
              : wholeOf(agents, { now: urgent, soon })
        }
        board={board.state}
        trouble={board.trouble}
        connection={connection}
        age={age}
        stale={stale}
        now={now}
        onUnsilence={(silence) => void unsilence.run((client) => client.alerts.unsilence({ id: silence.id }))}
        onUndo={(intervention) => setAsked({ verb: 'undo', action: intervention.undo })}
        onPalette={() => setOver('palette')}
      />
      <Rail
        route={route}
        incidents={open.length}
        urgent={urgent}
        waiting={waitingCount(board.state?.desk.desk?.waitingForPerson)}
      />
      <main id="view" className={styles.view} data-stale={stale || undefined} tabIndex={-1}>
        <Screen key={keyOf(route)} route={route} board={board.state} now={now} stale={stale} onAsk={setAsked} />
      </main>
      {asked === null ? null : asked.verb === 'objective' ? (
        <ObjectiveAsked agent={asked.agent} onClose={() => setAsked(null)} />
      ) : isAction(asked) ? (
        <ActionDialog asked={asked} onClose={() => setAsked(null)} />
      ) : (
        <TaskDialog asked={asked} onClose={() => setAsked(null)} />
      )}
      {over === 'palette' ? (
        <Palette
          route={route}
          board={board.state}
          onAsk={setAsked}
          onHelp={() => setOver('help')}
          onClose={() => setOver(null)}
        />
      ) : null}
      {over === 'help' ? <Help onClose={() => setOver(null)} /> : null}
      <Notices />
    </div>
  );
}

/** The window last chosen on the board: other views keep it, so that going back shows the same. */
function useBoardWindow(route: Route): BoardWindow {
  const [window, setWindow] = useState<BoardWindow>('1h');
  const shown = route.view === 'board' ? route.window : window;
  useEffect(() => setWindow(shown), [shown]);
  return shown;
}

function waitingCount(waiting: DeskState['waitingForPerson'] | undefined): number {
  return waiting === undefined ? 0 : waiting.inDoubt + waiting.questions + waiting.reviews;
}

function useTitle(route: Route): void {
  const name = titleOf(route);
  useEffect(() => {
    document.title = `${name} · Nightdesk`;
  }, [name]);
}

/** A view whose address changes while one looks at it stays the same view. */
function keyOf(route: Route): string {
  if (route.view === 'incident') return `incident ${route.id}`;
  if (route.view === 'edit') return `edit ${route.name}`;
  const stays = ['tasks', 'waiting', 'samples', 'incidents', 'alerts'].includes(route.view);
  return stays ? route.view : addressOf(route);
}

function titleOf(route: Route): string {
  switch (route.view) {
    case 'incident':
      return `Incident ${route.id}`;
    case 'report':
      return `Report ${route.id}`;
    case 'run':
      return `Run ${route.id}`;
    case 'task':
      return `Task ${route.id}`;
    case 'agent':
    case 'rule':
    case 'runbook':
      return route.name;
    case 'edit':
      return `Edit ${route.name}`;
    case 'nowhere':
      return 'Not found';
    case 'board':
    case 'incidents':
    case 'alerts':
    case 'tasks':
    case 'waiting':
    case 'samples':
    case 'agents':
    case 'runbooks':
    case 'reports':
    case 'audit':
    case 'providers':
    case 'settings':
      return `${route.view.charAt(0).toUpperCase()}${route.view.slice(1)}`;
  }
}
