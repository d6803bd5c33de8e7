import { ORPCError } from '@orpc/client';
import { errorDataSchema } from '#contract/errors.ts';

/** The answer of a read; null where there is no such thing. */
export async function orNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ORPCError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** Why a call was refused, in one line: what happened, what was kept, what to do. */
export function refusalText(error: unknown): string {
  if (error instanceof ORPCError) {
    const data = errorDataSchema.safeParse(error.data);
    if (data.success) return `${error.message} ${data.data.kept} ${data.data.todo}`;
  }
  return error instanceof Error ? error.message : String(error);
}
