import {
  BellRing,
  Bot,
  ClipboardCheck,
  FileChartColumn,
  Hand,
  LayoutList,
  ListTree,
  type LucideIcon,
  Route as RouteIcon,
  ScrollText,
  Settings2,
  ShieldCheck,
  Siren,
} from 'lucide-react';
import type { Route } from './route.ts';

/** One entry of the rail: its key goes there after `g`. */
export type ViewEntry = { title: string; key: string; icon: LucideIcon; route: Route; holds: readonly Route['view'][] };

/** The rail, in groups. */
export const VIEWS: readonly (readonly ViewEntry[])[] = [
  [
    { title: 'Board', key: 'b', icon: LayoutList, route: { view: 'board', window: '1h' }, holds: ['board'] },
    { title: 'Incidents', key: 'i', icon: Siren, route: { view: 'incidents' }, holds: ['incidents', 'incident'] },
    { title: 'Alerts', key: 'l', icon: BellRing, route: { view: 'alerts' }, holds: ['alerts', 'rule'] },
    {
      title: 'Waiting',
      key: 'w',
      icon: Hand,
      route: { view: 'waiting', item: null, part: null },
      holds: ['waiting'],
    },
    {
      title: 'Samples',
      key: 'c',
      icon: ClipboardCheck,
      route: { view: 'samples', item: null },
      holds: ['samples'],
    },
    { title: 'Tasks', key: 't', icon: ListTree, route: { view: 'tasks', filter: {} }, holds: ['tasks', 'task'] },
    { title: 'Agents', key: 'a', icon: Bot, route: { view: 'agents' }, holds: ['agents', 'agent'] },
    {
      title: 'Runbooks',
      key: 'r',
      icon: ScrollText,
      route: { view: 'runbooks' },
      holds: ['runbooks', 'runbook', 'run', 'edit'],
    },
    { title: 'Reports', key: 'e', icon: FileChartColumn, route: { view: 'reports' }, holds: ['reports', 'report'] },
  ],
  [
    { title: 'Providers', key: 'p', icon: RouteIcon, route: { view: 'providers' }, holds: ['providers'] },
    { title: 'Audit', key: 'u', icon: ShieldCheck, route: { view: 'audit' }, holds: ['audit'] },
  ],
  [{ title: 'Settings', key: 's', icon: Settings2, route: { view: 'settings' }, holds: ['settings'] }],
];

/** What each key does, as the help shows it. */
export const KEY_HELP: readonly { title: string; keys: readonly [string, string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['Ctrl K', 'find or do anything'],
      ['g, then a letter', 'go to a view: the letter stands beside it in the palette'],
      ['?', 'this help'],
      ['Esc', 'close, or let go'],
    ],
  },
  {
    title: 'In a list',
    keys: [
      ['j  k', 'down, up'],
      ['Enter', 'open'],
      ['/', 'filter'],
    ],
  },
  {
    title: 'On the board',
    keys: [
      ['p', 'pause the agent at the cursor; its plan is shown first'],
      ['r', 'reroute it; its plan is shown first'],
      ['b', 'runbook: start it, or go on with it'],
      ['a', 'acknowledge the incident'],
    ],
  },
  {
    title: 'At the alerts',
    keys: [
      ['a', 'acknowledge: escalation stops for 30 min'],
      ['s', 'silence what matches, for a while'],
      ['z', 'snooze this one'],
      ['e', 'escalate now'],
      ['u', 'end the silence at the cursor'],
    ],
  },
  {
    title: 'At an incident',
    keys: [
      ['a', 'acknowledge it'],
      ['n', 'add a note; in the list: open one by hand'],
      ['b', 'its next step'],
      ['s  z  e', 'silence, snooze, escalate its alert'],
      ['v', 'severity'],
      ['t', 'take a role, give it, leave it'],
      ['h', 'hand over, with a note'],
      ['m  x  u', 'merge, split, take it back'],
      ['r  o', 'resolve, reopen; in the list: open ones only'],
      ['d', 'the review'],
    ],
  },
  {
    title: 'At an agent',
    keys: [
      ['p', 'pause, or resume'],
      ['d', 'drain'],
      ['r', 'reroute'],
      ['c', 'change its limits'],
      ['o', 'its objective: try one on the past, set it, take it back'],
    ],
  },
  {
    title: 'At the providers',
    keys: [
      ['j  k', 'choose one'],
      ['e', 'reset its breaker; its plan is shown first'],
    ],
  },
  {
    title: 'At a report',
    keys: [
      ['n', 'make one of the week chosen'],
      ['j  k', 'choose an agent'],
      ['h  f  m  x', 'save it as HTML, PDF, Markdown or JSON'],
    ],
  },
  {
    title: 'At a task',
    keys: [
      ['q', 'requeue it; in the list of failed ones: all that match'],
      ['e', 'edit its input and resubmit'],
      ['f', 'fork from a finished step'],
      ['n', 'try now what backs off'],
    ],
  },
  {
    title: 'At what waits for you',
    keys: [
      ['1 … 9', 'choose an answer'],
      ['Enter', 'give it; then on to the next one'],
      ['Ctrl Enter', 'the same from a field'],
    ],
  },
  {
    title: 'At a sample',
    keys: [
      ['y  n  u', 'correct, incorrect, cannot tell'],
      ['Enter', 'give the verdict; the next one is open'],
      ['w', 'a word on it'],
      ['z', 'take the last verdict back'],
    ],
  },
  {
    title: 'At the audit log',
    keys: [
      ['j  k', 'choose an entry'],
      ['v', 'verify the whole chain'],
    ],
  },
  {
    title: 'In the settings',
    keys: [
      ['j  k', 'choose a route'],
      ['e', 'send a test message over it'],
      ['m', 'make a backup'],
    ],
  },
  {
    title: 'At a runbook',
    keys: [
      ['e', 'edit it'],
      ['j  k  m', 'choose a step, and edit it alone'],
      ['n', 'in the library: write a new one'],
      ['s  p', 'in the library: stale ones, those with problems'],
    ],
  },
  {
    title: 'In the editor',
    keys: [
      ['Ctrl S', 'save'],
      ['Ctrl Enter', 'try the step at the cursor; nothing is changed'],
      ['Ctrl Space', 'what can be written here'],
      ['F8  Ctrl .', 'to the next problem; mend the one on this line'],
      ['Ctrl F', 'find'],
      ['Tab', 'on to the panels beside the text'],
    ],
  },
  {
    title: 'In a run',
    keys: [
      ['Enter', 'confirm the open step'],
      ['s', 'skip it with a reason'],
      ['c', 'cancel what is under way, or end a wait early'],
      ['u  n', 'undo a step; renew its lease'],
      ['b', 'roll back to the step at the cursor; what it undoes is shown first'],
      ['h  t', 'hand the run over, take it over'],
      ['m', 'edit the step at the cursor in the runbook’s file'],
      ['d', 'what an edit of the file changed'],
      ['e', 'end the run'],
    ],
  },
];
