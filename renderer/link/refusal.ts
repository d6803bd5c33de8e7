import { ORPCError } from '@orpc/client';
import { errorDataSchema } from '#contract/errors.ts';

/** Why a call was refused, in one line: what happened, what was kept, what to do. */
export function refusalText(error: unknown): string {
  if (error instanceof ORPCError) {
    const data = errorDataSchema.safeParse(error.data);
    if (data.success) return `${error.message} ${data.data.kept} ${data.data.todo}`;
  }
  return error instanceof Error ? error.message : String(error);
}
