import type { Parts } from '../parts.ts';
import { readIncident } from '../topics.ts';
import { answer, type Base, found, watchOf } from './base.ts';

/** The calls of incidents. */
export function answerIncidents(os: Base, parts: Parts) {
  const { health } = parts;
  const watch = watchOf(parts);
  const incidentDesk = health.incidentPart.desk;

  return {
    incidents: {
      list: os.incidents.list.handler(({ input }) => health.incidents(input.open)),
      get: os.incidents.get.handler(({ input, errors }) =>
        found(health.incident(input.id), `incident ${input.id}`, errors),
      ),
      watch: os.incidents.watch.handler(({ input, context, signal, errors }) => {
        found(health.incident(input.id), `incident ${input.id}`, errors);
        return watch(() => readIncident(parts, input.id), { context, signal });
      }),
      acknowledge: os.incidents.acknowledge.handler(async ({ input, context, errors }) =>
        answer(await health.acknowledge(input.id, context.actor), errors),
      ),
      note: os.incidents.note.handler(async ({ input, context, errors }) =>
        answer(await health.note(input.id, input.text, context.actor), errors),
      ),
      open: os.incidents.open.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.open(input, context.actor), errors),
      ),
      severity: os.incidents.severity.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.severity(input, context.actor), errors),
      ),
      take: os.incidents.take.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.take(input, context.actor), errors),
      ),
      release: os.incidents.release.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.release(input, context.actor), errors),
      ),
      handOver: os.incidents.handOver.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.handOver(input, context.actor), errors),
      ),
      handoverDraft: os.incidents.handoverDraft.handler(({ input, errors }) =>
        answer(incidentDesk.handoverDraft(input.id), errors),
      ),
      merge: os.incidents.merge.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.merge(input, context.actor), errors),
      ),
      split: os.incidents.split.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.split(input, context.actor), errors),
      ),
      undo: os.incidents.undo.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.undo(input, context.actor), errors),
      ),
      resolve: os.incidents.resolve.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.resolve(input, context.actor), errors),
      ),
      reopen: os.incidents.reopen.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.reopen(input, context.actor), errors),
      ),
      stats: os.incidents.stats.handler(({ input }) => health.incidentPart.stats(input.days, input.rehearsal)),
      changes: os.incidents.changes.handler(({ input }) => health.incidentPart.changes(input.from, input.to)),
      chart: os.incidents.chart.handler(({ input, errors }) =>
        found(health.incidentPart.chart(input.id), `incident ${input.id}`, errors),
      ),
      draft: os.incidents.draft.handler(({ input, errors }) => answer(incidentDesk.draft(input), errors)),
      saveDraft: os.incidents.saveDraft.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.saveDraft(input, context.actor), errors),
      ),
    },
  };
}
