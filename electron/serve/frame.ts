import { z } from 'zod';

/*
 * What may come in over a WebSocket or MessagePort before oRPC sees it. The contract has no files and no streams from the
 * console, so every frame is JSON text. oRPC itself throws on anything else.
 */

/** t: absent or 1 request, 3 event of a stream, 4 abort, as @orpc/standard-server-peer writes them. */
const frameSchema = z.union([
  z.object({
    i: z.string().max(64),
    t: z.literal(1).optional(),
    p: z.object({
      u: z.string().startsWith('/').max(2_000),
      m: z.string().max(10).optional(),
      h: z
        .record(z.string(), z.unknown())
        .refine((headers) => !Object.keys(headers).some((name) => /^content-/i.test(name)), 'no files are taken')
        .optional(),
    }),
  }),
  z.object({ i: z.string().max(64), t: z.literal(3), p: z.object({ e: z.string() }) }),
  z.object({ i: z.string().max(64), t: z.literal(4) }),
]);

/** @returns what is wrong with a frame, in one line, or undefined when it may go on to the router */
export function frameTrouble(data: unknown): string | undefined {
  if (typeof data !== 'string') return 'a frame was binary; write JSON text';
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return 'a frame was not JSON';
  }
  return frameSchema.safeParse(value).success ? undefined : 'a frame was JSON, but not an RPC message';
}
