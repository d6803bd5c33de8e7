import { useSyncExternalStore } from 'react';
import { nameSchema } from '#contract/basic.ts';
import { type BoardWindow, boardWindowSchema } from '#contract/health.ts';
import type { RunbookOrigin } from '#contract/runbook-edit.ts';
import type { TaskFilter } from '#contract/task.ts';
import { INCIDENT_ASKS, type IncidentAsk } from '../incidents/asked.ts';
import { filterOf, searchOf } from '../tasks/filter.ts';
import { PARTS, type Part } from '../waiting/queue.ts';

/** What is on screen. Each has an address, so that any moment can be shared. */
export type Route =
  | { view: 'board'; window: BoardWindow }
  /** `opening`: with the dialog that opens one by hand. */
  | { view: 'incidents'; opening?: boolean }
  /** `asked`: the dialog over it. */
  | { view: 'incident'; id: number; asked?: IncidentAsk | null }
  /** `silencing`: with the dialog that silences. */
  | { view: 'alerts'; silencing?: boolean }
  | { view: 'rule'; name: string }
  | { view: 'tasks'; filter: TaskFilter }
  | { view: 'task'; id: string }
  | { view: 'agents' }
  | { view: 'agent'; name: string }
  | { view: 'runbooks' }
  | { view: 'runbook'; name: string }
  /** `from`: what a new one begins as. */
  | { view: 'edit'; name: string; from: RunbookOrigin | null }
  | { view: 'run'; id: number }
  /** `item`: the open one, `q12` or the id of a task in doubt. */
  | { view: 'waiting'; item: string | null; part: Part | null }
  /** `item`: the number of the open one. */
  | { view: 'samples'; item: number | null }
  | { view: 'reports' }
  | { view: 'report'; id: number }
  | { view: 'audit' }
  | { view: 'providers' }
  | { view: 'settings' }
  | { view: 'nowhere'; path: string };

/** The route of an address. */
export function routeOf(path: string, search: string): Route {
  const [first = '', second, ...rest] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const edited = editOf(first, second, rest, search);
  if (edited !== undefined) return edited;
  if (rest.length > 0) return { view: 'nowhere', path };
  if (second !== undefined) return oneOf(first, second, search) ?? { view: 'nowhere', path };
  switch (first) {
    case '':
    case 'board': {
      const window = boardWindowSchema.safeParse(new URLSearchParams(search).get('window'));
      return { view: 'board', window: window.success ? window.data : '1h' };
    }
    case 'tasks':
      return { view: 'tasks', filter: filterOf(search.replace(/^\?/, '')) };
    case 'waiting':
      return { view: 'waiting', item: null, part: waitingPart(search) };
    case 'samples':
      return { view: 'samples', item: null };
    case 'incidents':
      return { view: 'incidents', opening: new URLSearchParams(search).has('new') };
    case 'alerts':
      return { view: 'alerts', silencing: new URLSearchParams(search).has('silence') };
    case 'agents':
    case 'runbooks':
    case 'reports':
    case 'audit':
    case 'providers':
    case 'settings':
      return { view: first };
    default:
      return { view: 'nowhere', path };
  }
}

function oneOf(folder: string, name: string, search: string): Route | undefined {
  const id = /^\d{1,15}$/.test(name) ? Number(name) : undefined;
  switch (folder) {
    case 'reports':
      return id === undefined ? undefined : { view: 'report', id };
    case 'incidents':
      return id === undefined ? undefined : { view: 'incident', id, asked: incidentAsk(search) };
    case 'samples':
      return id === undefined ? undefined : { view: 'samples', item: id };
    case 'runs':
      return id === undefined ? undefined : { view: 'run', id };
    case 'tasks':
      return { view: 'task', id: name };
    case 'alerts':
      return { view: 'rule', name };
    case 'agents':
      return { view: 'agent', name };
    case 'runbooks':
      return { view: 'runbook', name };
    case 'waiting':
      return /^[qt]\d{1,15}$/.test(name) ? { view: 'waiting', item: name, part: waitingPart(search) } : undefined;
    default:
      return undefined;
  }
}

/** /runbooks/NAME/edit: the one address of three parts. */
function editOf(first: string, name: string | undefined, rest: string[], search: string): Route | undefined {
  if (first !== 'runbooks' || rest.length !== 1 || rest[0] !== 'edit') return undefined;
  const read = nameSchema.safeParse(name);
  return read.success ? { view: 'edit', name: read.data, from: originOf(search) } : undefined;
}

function originOf(search: string): RunbookOrigin | null {
  const from = new URLSearchParams(search).get('from') ?? '';
  if (from === 'template') return { from };
  const incident = /^incident:(\d{1,15})$/.exec(from)?.[1];
  if (incident !== undefined) return { from: 'incident', incident: Number(incident) };
  const rule = nameSchema.safeParse(/^alert:(.*)$/.exec(from)?.[1]);
  return rule.success ? { from: 'alert', rule: rule.data } : null;
}

function originText(origin: RunbookOrigin): string {
  switch (origin.from) {
    case 'template':
      return 'template';
    case 'alert':
      return `alert:${origin.rule}`;
    case 'incident':
      return `incident:${origin.incident}`;
  }
}

function incidentAsk(search: string): IncidentAsk | null {
  const given = new URLSearchParams(search).get('do');
  return INCIDENT_ASKS.find((ask) => ask === given) ?? null;
}

function waitingPart(search: string): Part | null {
  const given = new URLSearchParams(search).get('only');
  return PARTS.find((part) => part === given) ?? null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a route. */
export function addressOf(route: Route): string {
  switch (route.view) {
    case 'board':
      return route.window === '1h' ? '/' : `/board?window=${route.window}`;
    case 'tasks': {
      const search = searchOf(route.filter);
      return search === '' ? '/tasks' : `/tasks?${search}`;
    }
    case 'incident':
      return `/incidents/${route.id}${route.asked ? `?do=${route.asked}` : ''}`;
    case 'report':
      return `/reports/${route.id}`;
    case 'run':
      return `/runs/${route.id}`;
    case 'task':
      return `/tasks/${encodeURIComponent(route.id)}`;
    case 'alerts':
      return route.silencing === true ? '/alerts?silence' : '/alerts';
    case 'rule':
      return `/alerts/${encodeURIComponent(route.name)}`;
    case 'agent':
      return `/agents/${encodeURIComponent(route.name)}`;
    case 'runbook':
      return `/runbooks/${encodeURIComponent(route.name)}`;
    case 'edit': {
      const from = route.from === null ? '' : `?from=${originText(route.from)}`;
      return `/runbooks/${encodeURIComponent(route.name)}/edit${from}`;
    }
    case 'waiting': {
      const only = route.part === null ? '' : `?only=${route.part}`;
      return `/waiting${route.item === null ? '' : `/${route.item}`}${only}`;
    }
    case 'samples':
      return `/samples${route.item === null ? '' : `/${route.item}`}`;
    case 'incidents':
      return route.opening === true ? '/incidents?new' : '/incidents';
    case 'agents':
    case 'runbooks':
    case 'reports':
    case 'audit':
    case 'providers':
    case 'settings':
      return `/${route.view}`;
    case 'nowhere':
      return route.path;
  }
}

const MOVED = 'nightdesk:moved';

/** Who is asked before another view comes, and the address it stands at. */
let leave: { address: string; may(to: string): boolean } | null = null;

/**
 * Asks before the view is left, also by the browser's own way back.
 *
 * @param may false holds the view; it can go on later by itself
 * @returns a function that asks no longer
 */
export function askBeforeLeaving(may: (to: string) => boolean): () => void {
  const asked = { address: here(), may };
  leave = asked;
  return () => {
    if (leave === asked) leave = null;
  };
}

function here(): string {
  return window.location.pathname + window.location.search;
}

/** Goes to a route. `replace` keeps the back button free of every letter of a filter. */
export function go(route: Route, how: 'push' | 'replace' = 'push'): void {
  goTo(addressOf(route), how);
}

/** Goes to an address. A view with something to lose is asked first, unless it has answered. */
export function goTo(address: string, how: 'push' | 'replace', leaving: 'asking' | 'answered' = 'asking'): void {
  if (leaving === 'asking' && leave !== null && !leave.may(address)) return;
  if (how === 'push') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  window.dispatchEvent(new Event(MOVED));
}

/** Lets links to the console's own pages change the route without loading the page again. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement) || link.origin !== window.location.origin || link.target !== '') return;
  if (link.hash !== '' && link.pathname === window.location.pathname) return;
  event.preventDefault();
  goTo(link.pathname + link.search, 'push');
}

function watch(changed: () => void): () => void {
  function wentBack(): void {
    if (leave === null || leave.may(here())) changed();
    else history.pushState(null, '', leave.address);
  }
  window.addEventListener('popstate', wentBack);
  window.addEventListener(MOVED, changed);
  return () => {
    window.removeEventListener('popstate', wentBack);
    window.removeEventListener(MOVED, changed);
  };
}

/** The address on screen, without its origin. */
export function useAddress(): string {
  return useSyncExternalStore(watch, here);
}
