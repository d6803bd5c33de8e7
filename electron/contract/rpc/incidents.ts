import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import {
  changeSchema,
  handoverNoteSchema,
  incidentChartSchema,
  incidentDetailSchema,
  incidentDraftSchema,
  incidentInputs,
  incidentSchema,
  incidentStatsSchema,
} from '../incident.ts';
import { incidentFrameSchema } from '../stream.ts';
import { call } from './call.ts';

/** Incidents, as people work on them. */
export const incidentsCalls = {
  incidents: {
    list: call.input(z.object({ open: z.boolean().default(true) })).output(z.array(incidentSchema)),
    get: call.input(z.object({ id: z.number().int() })).output(incidentDetailSchema),
    watch: call.input(z.object({ id: z.number().int() })).output(eventIterator(incidentFrameSchema)),
    acknowledge: call.input(z.object({ id: z.number().int() })).output(incidentSchema),
    note: call.input(z.object({ id: z.number().int(), text: z.string().min(1).max(4_000) })).output(incidentSchema),
    /** By hand; alerts open theirs. */
    open: call.input(incidentInputs.open).output(incidentSchema),
    severity: call.input(incidentInputs.severity).output(incidentSchema),
    take: call.input(incidentInputs.take).output(incidentSchema),
    release: call.input(incidentInputs.release).output(incidentSchema),
    handOver: call.input(incidentInputs.handOver).output(incidentSchema),
    /** A hand-over note as the record would have it. */
    handoverDraft: call.input(z.object({ id: z.number().int() })).output(handoverNoteSchema),
    /** Answers with the one that it was merged into. */
    merge: call.input(incidentInputs.merge).output(incidentSchema),
    /** Answers with the new one. */
    split: call.input(incidentInputs.split).output(incidentSchema),
    /** Takes the newest merge or split back. */
    undo: call.input(incidentInputs.undo).output(incidentSchema),
    resolve: call.input(incidentInputs.resolve).output(incidentSchema),
    reopen: call.input(incidentInputs.reopen).output(incidentSchema),
    stats: call.input(incidentInputs.stats).output(incidentStatsSchema),
    /** What changed: deploys, interventions, settings, objectives, providers; newest first. */
    changes: call.input(incidentInputs.changes).output(z.array(changeSchema)),
    chart: call.input(z.object({ id: z.number().int() })).output(incidentChartSchema),
    draft: call.input(incidentInputs.draft).output(incidentDraftSchema),
    /** CONFLICT when somebody saved since `version`. */
    saveDraft: call.input(incidentInputs.saveDraft).output(incidentDraftSchema),
  },
};
