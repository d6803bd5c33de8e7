import { z } from 'zod';
import { ERRORS, type ErrorCode, errorDataSchema } from '#contract/errors.ts';

/*
 * What Electron's main process and the desk process tell each other, once; what arrives is checked on both sides. Ports
 * travel beside the messages.
 */

/** How main starts the desk process, as its one argument. */
export const deskArgumentSchema = z.object({
  dataFolder: z.string(),
  agentFolders: z.array(z.string()),
  rehearsal: z.boolean(),
  trafficPerMinute: z.number(),
});
export type DeskArgument = z.infer<typeof deskArgumentSchema>;

const failureSchema = errorDataSchema.extend({
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
});

/** From the desk process to main. */
export const fromDeskSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('up') }),
  z.object({ t: z.literal('failed'), failure: failureSchema }),
  /** Fork a worker: on the desktop only main may. */
  z.object({ t: z.literal('fork'), worker: z.number().int(), env: z.record(z.string(), z.string()) }),
]);
export type FromDesk = z.infer<typeof fromDeskSchema>;

/** From main to the desk process. */
export const toDeskSchema = z.discriminatedUnion('t', [
  /** With the desk's end of a console's port. */
  z.object({ t: z.literal('console') }),
  /** With the desk's end of the worker's port. */
  z.object({ t: z.literal('forked'), worker: z.number().int(), pid: z.number().int().optional() }),
  z.object({ t: z.literal('exited'), worker: z.number().int(), code: z.number().int() }),
  z.object({ t: z.literal('close') }),
]);
export type ToDesk = z.infer<typeof toDeskSchema>;
