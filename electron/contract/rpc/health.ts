import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { fileProblemSchema } from '../agent.ts';
import {
  alertRuleDetailSchema,
  alertRuleViewSchema,
  alertSchema,
  replaySchema,
  silenceInputSchema,
  silenceSchema,
} from '../alert.ts';
import { actorSchema, momentSchema, nameSchema } from '../basic.ts';
import { silenceViewSchema } from '../canary.ts';
import {
  alertmanagerPayloadSchema,
  alertsTakenSchema,
  deliveryFilterSchema,
  deliverySchema,
  routeStandingSchema,
} from '../delivery.ts';
import { EVENTS_MAX, ingestAnswerSchema } from '../event.ts';
import { rebuiltSchema } from '../health.ts';
import { objectiveChangeSchema, objectivePreviewSchema, objectiveStandingSchema } from '../objective.ts';
import { reportFileSchema, reportInputs, reportSchema, reportSummarySchema } from '../report.ts';
import { noticesFrameSchema } from '../stream.ts';
import { byName, call } from './call.ts';

const byAlert = z.object({ id: z.string().min(1).max(100), by: actorSchema.optional() });

/** How the work stands: numbers, objectives, alerts and where they go, silence, reports. */
export const healthCalls = {
  health: {
    /** What other runtimes tell of their tasks. Each event is checked by itself: one that does not fit refuses only itself. */
    ingest: call.input(z.object({ events: z.array(z.unknown()).min(1).max(EVENTS_MAX) })).output(ingestAnswerSchema),
    /** Counts every closed hour of which all ends are still here again, and puts in place what differs. */
    rebuild: call.output(rebuiltSchema),
  },

  /** What is promised of agents, and how they stand against it. */
  objectives: {
    list: call.output(z.array(objectiveStandingSchema)),
    get: call.input(byName).output(objectiveStandingSchema),
    /** Sets one over the agent's file; what is left out stays as it is in force. */
    set: call.input(objectiveChangeSchema).output(objectiveStandingSchema),
    /** Takes back what was set: the file's stands again. */
    clear: call.input(byName).output(objectiveStandingSchema),
    /** What the objective in force, with a change, would have done with the past. */
    preview: call.input(objectiveChangeSchema).output(objectivePreviewSchema),
  },

  alerts: {
    /** Those that pend, fire or are acknowledged; with `all` the firings of 28 days, too. */
    list: call.input(z.object({ all: z.boolean().default(false) })).output(z.array(alertSchema)),
    rules: call.output(z.array(alertRuleViewSchema)),
    rule: call.input(byName).output(alertRuleDetailSchema),
    /** What is wrong with the files of rules. */
    lint: call.output(z.array(fileProblemSchema)),
    /** What rules would have done over past data: those in force, or those of a file's text. */
    test: call
      .input(
        z.object({
          from: momentSchema,
          to: momentSchema,
          text: z.string().max(200_000).optional(),
          file: z.string().default('rules.yaml'),
        }),
      )
      .output(replaySchema),
    /** Alerts are named by their key, or the id of their newest firing. */
    acknowledge: call.input(byAlert).output(alertSchema),
    snooze: call.input(byAlert.extend({ forMs: z.number().int().min(60_000).max(86_400_000) })).output(alertSchema),
    /** Tells the next of the ladder now. */
    escalate: call.input(byAlert).output(alertSchema),
    silences: call.output(z.array(silenceSchema)),
    silence: call.input(silenceInputSchema).output(silenceSchema),
    unsilence: call.input(z.object({ id: z.number().int(), by: actorSchema.optional() })).output(silenceSchema),
  },

  /** Where alerts and reports are sent. */
  alertRoutes: {
    list: call.output(z.array(routeStandingSchema)),
    deliveries: call.input(deliveryFilterSchema).output(z.array(deliverySchema)),
    delivery: call.input(z.object({ id: z.number().int() })).output(deliverySchema),
    /** Writes a test message; what becomes of it is asked by its number. */
    test: call.input(byName).output(deliverySchema),
    /** What native routes show, each once, by its id. */
    watch: call.output(eventIterator(noticesFrameSchema)),
    /** Alerts of an Alertmanager. */
    receive: call.input(alertmanagerPayloadSchema).output(alertsTakenSchema),
  },

  silence: {
    /** Everything that watches for silence, with what it saw at its last look. */
    list: call.output(silenceViewSchema),
    /** What an agent's successes are like from now on is usual: it changed on purpose. */
    relearn: call.input(z.object({ agent: nameSchema })).output(silenceViewSchema),
  },

  reports: {
    list: call.output(z.array(reportSummarySchema)),
    get: call.input(z.object({ id: z.number().int() })).output(reportSchema),
    make: call.input(reportInputs.make).output(reportSchema),
    file: call.input(reportInputs.file).output(reportFileSchema),
    send: call.input(reportInputs.send).output(reportSchema),
  },
};
