import type { Incident, IncidentDetail, IncidentRole, IncidentSeverity } from '#contract/incident.ts';

/*
 * What a person asks of an incident, by which key and command line. Pure.
 */

/** A dialog of an incident's page; it has an address. */
export const INCIDENT_ASKS = [
  'severity',
  'role',
  'hand-over',
  'merge',
  'split',
  'undo',
  'resolve',
  'reopen',
  'review',
] as const;
export type IncidentAsk = (typeof INCIDENT_ASKS)[number];

/** What a dialog sends. */
export type IncidentCommand =
  | { do: 'severity'; severity: IncidentSeverity; reason: string }
  | { do: 'take'; role: IncidentRole; holder: string }
  | { do: 'release'; role: IncidentRole; holder: string }
  | { do: 'hand-over'; role: IncidentRole; to: string; done: string; open: string; next: string }
  | { do: 'merge'; into: number }
  | { do: 'split'; alerts: string[]; title: string }
  | { do: 'undo'; move: number }
  | { do: 'resolve'; reason: string; anyway: boolean }
  | { do: 'reopen'; reason: string };

/** The words and the key of each ask. */
export const ASK_WORDS: Record<IncidentAsk, { title: string; key: string }> = {
  severity: { title: 'Severity', key: 'v' },
  role: { title: 'Roles', key: 't' },
  'hand-over': { title: 'Hand over', key: 'h' },
  merge: { title: 'Merge', key: 'm' },
  split: { title: 'Split', key: 'x' },
  undo: { title: 'Undo the merge or split', key: 'u' },
  resolve: { title: 'Resolve', key: 'r' },
  reopen: { title: 'Reopen', key: 'o' },
  review: { title: 'Review', key: 'd' },
};

/** What can be asked of an incident as it stands, in the order of its buttons. */
export function asksOf(incident: Pick<IncidentDetail, 'state' | 'mergedInto' | 'alerts' | 'lastMove'>): IncidentAsk[] {
  const undo: IncidentAsk[] = incident.lastMove === null ? [] : ['undo'];
  if (incident.mergedInto !== null) return [...undo, 'review'];
  const split: IncidentAsk[] = incident.alerts.length > 1 ? ['split'] : [];
  const end: IncidentAsk = incident.state === 'resolved' ? 'reopen' : 'resolve';
  return ['severity', 'role', 'hand-over', 'merge', ...split, ...undo, end, 'review'];
}

/** The command line that does the same. */
export function commandText(incident: number, command: IncidentCommand): string {
  const line = (words: string): string => `nightdesk incident ${words}`;
  switch (command.do) {
    case 'severity':
      return line(`severity ${incident} ${command.severity}${option('--reason', command.reason)}`);
    case 'take':
      return line(`role ${incident} ${command.role}${option('--to', command.holder)}`);
    case 'release':
      return line(`role ${incident} ${command.role} --leave`);
    case 'hand-over':
      return line(`handover ${incident} ${quoted(command.to)} --role ${command.role}${option('--next', command.next)}`);
    case 'merge':
      return line(`merge ${incident} ${command.into}`);
    case 'split':
      return line(`split ${incident} ${command.alerts.join(' ')}${option('--title', command.title)}`);
    case 'undo':
      return line(`undo ${incident}`);
    case 'resolve':
      return line(`resolve ${incident} ${quoted(command.reason)}${command.anyway ? ' --anyway' : ''}`);
    case 'reopen':
      return line(`reopen ${incident} ${quoted(command.reason)}`);
  }
}

function option(name: string, value: string): string {
  return value.trim() === '' ? '' : ` ${name} ${quoted(value.trim())}`;
}

function quoted(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Alerts that keep an incident from being over. */
export function firingOf(incident: Pick<Incident, 'alerts'>): Incident['alerts'] {
  return incident.alerts.filter((alert) => alert.state !== 'resolved');
}
