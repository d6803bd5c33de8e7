import { refusalText } from '../../link/index.ts';
import type { Answered } from '../../runbooks/answered.ts';

/** Waits for a call; what was refused comes back as a value, in words. */
export async function answered<T>(call: Promise<T>): Promise<Answered<T>> {
  try {
    return { value: await call, refusal: null };
  } catch (error) {
    return { value: null, refusal: refusalText(error) };
  }
}
