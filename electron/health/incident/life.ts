import type { Incident } from '#contract/incident.ts';

/*
 * The life of an incident, as one table: state x event -> state; null where the event changes nothing. `raised`: its
 * severity rose by somebody else's word, which breaks an acknowledgement.
 */

export type IncidentState = Incident['state'];
export type IncidentEvent = 'acknowledge' | 'raised' | 'resolve' | 'reopen';

export const INCIDENT_LIFE: Record<IncidentState, Record<IncidentEvent, IncidentState | null>> = {
  open: { acknowledge: 'acknowledged', raised: null, resolve: 'resolved', reopen: null },
  acknowledged: { acknowledge: null, raised: 'open', resolve: 'resolved', reopen: null },
  resolved: { acknowledge: null, raised: null, resolve: null, reopen: 'open' },
};
