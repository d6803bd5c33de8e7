import type { HandoverNote, IncidentDetail } from '#contract/incident.ts';

/** Lines of the past that a note begins with. */
const LINES = 8;

/** What the next person has to know, drafted from the record: what was done, what is open, the next step. Pure. */
export function draftHandover(incident: IncidentDetail): HandoverNote {
  const done = incident.timeline
    .filter(({ kind }) => kind === 'action' || kind === 'run' || kind === 'note')
    .slice(0, LINES)
    .toReversed()
    .map(({ text }) => `- ${text}`);
  const open = [
    ...incident.alerts
      .filter(({ state }) => state !== 'resolved')
      .map(({ summary, value }) => `- ${summary} (${value})`),
    ...(incident.run === null
      ? []
      : [`- run ${incident.run.id} of ${incident.run.title}: step ${incident.run.step} of ${incident.run.steps}`]),
  ];
  return {
    done: done.length === 0 ? 'Nothing yet.' : done.join('\n'),
    open: open.length === 0 ? 'Nothing is known to be open.' : open.join('\n'),
    next: nextStepOf(incident),
  };
}

/** The next step, in one line. */
export function nextStepOf({ run, runbooks, state }: Pick<IncidentDetail, 'run' | 'runbooks' | 'state'>): string {
  if (run !== null) return run.next === null ? `End run ${run.id} of ${run.title}` : `${run.title}: ${run.next}`;
  if (state === 'resolved') return 'Review it: nightdesk incident draft';
  const [best] = runbooks;
  return best === undefined ? 'Find out what is wrong: no runbook answers it' : `Start the runbook ${best.title}`;
}
