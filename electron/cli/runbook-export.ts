import type { RunDetail } from '#contract/runbook.ts';
import type { Output } from './output.ts';

/*
 * A run as a document for machines, beside its story in Markdown. Pure.
 */

/** What was done, time by section, what was skipped or failed. @param text its story in Markdown */
export function exportOf(run: RunDetail, text: string): Output<'runbook export'> {
  return {
    run,
    sections: sectionTimes(run),
    skipped: run.steps
      .filter(({ state }) => state === 'skipped')
      .map(({ id, title, reason, seen }) => ({ step: id, title, reason: reason ?? seen })),
    failed: run.steps
      .filter(({ state }) => state === 'failed' || state === 'no-data')
      .map(({ id, title, seen }) => ({ step: id, title, seen })),
    text,
  };
}

/** The time of each section: of its steps, each from when the step before it was behind. */
function sectionTimes(run: RunDetail): { section: string; ms: number }[] {
  const times = new Map(run.steps.map(({ section }) => [section, 0]));
  const ended = run.steps
    .flatMap(({ section, endedAt }) => (endedAt === null ? [] : [{ section, endedAt }]))
    .sort((a, b) => a.endedAt - b.endedAt);
  let before = run.startedAt;
  for (const { section, endedAt } of ended) {
    times.set(section, (times.get(section) ?? 0) + Math.max(0, endedAt - before));
    before = Math.max(before, endedAt);
  }
  return [...times].map(([section, ms]) => ({ section, ms }));
}
