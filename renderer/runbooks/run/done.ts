import type { IncidentDetail } from '#contract/incident.ts';
import type { RunDetail, RunStep } from '#contract/runbook.ts';

/** One line of "What was done". */
export type Done = { at: number; text: string; by: string | null };

/**
 * What was done, newest first: the incident's timeline where the run is bound to one, which tells of the alerts and of
 * other people too; else the run's own steps.
 */
export function doneOf(run: RunDetail, incident: IncidentDetail | null): Done[] {
  const entries =
    incident === null
      ? [{ at: run.startedAt, text: 'Runbook opened', by: run.holder.name }, ...run.steps.flatMap(doneInStep)]
      : incident.timeline.map((entry) => ({ at: entry.at, text: entry.text, by: entry.by?.name ?? null }));
  return entries.toSorted((a, b) => b.at - a.at);
}

function doneInStep(step: RunStep): Done[] {
  if (step.endedAt === null || step.by === null) return [];
  const how = step.seen ?? step.reason ?? step.answer ?? step.state;
  return [{ at: step.endedAt, text: `${plain(step.title)}: ${how}`, by: step.by.name }];
}

/** A title without the marks of its inline Markdown. */
export function plain(markdown: string): string {
  return markdown.replaceAll('**', '').replaceAll('`', '');
}
