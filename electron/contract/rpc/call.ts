import { oc } from '@orpc/contract';
import { z } from 'zod';
import { nameSchema } from '../basic.ts';
import { ERRORS, errorDataSchema } from '../errors.ts';

const errors = Object.fromEntries(
  Object.entries(ERRORS).map(([code, { status, message }]) => [code, { status, message, data: errorDataSchema }]),
) as { [K in keyof typeof ERRORS]: { status: number; message: string; data: typeof errorDataSchema } };

/** One call: what it may fail with is the same for all. */
export const call = oc.errors(errors);

/** A thing by its name: an agent, a runbook, a rule. */
export const byName = z.object({ name: nameSchema });
