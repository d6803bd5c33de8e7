import { z } from 'zod';
import { nameSchema } from './basic.ts';

/** A shorter value could not be masked without spoiling what is around it, characters. */
export const SHORTEST_SECRET = 8;

const VARIABLE = 'NIGHTDESK_SECRET_';

/** The environment variable that stands in for a secret where there is no keychain. */
export function secretVariable(name: string): string {
  return `${VARIABLE}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/** An environment for a child: secrets reach it by message alone, never by its environment, which others may read. */
export function withoutSecrets(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(VARIABLE)));
}

/** A secret by its name, and where its value comes from. The value is never told. */
export const secretViewSchema = z.object({
  name: nameSchema,
  from: z.enum(['keychain', 'variable', 'missing']),
  /** Why it cannot be used; null when it can. */
  problem: z.string().nullable(),
});
export type SecretView = z.infer<typeof secretViewSchema>;

/** A value, or the name of a secret in the keychain. */
export const secretOrTextSchema = z.union([z.string(), z.strictObject({ secret: nameSchema })]);
export type SecretOrText = z.infer<typeof secretOrTextSchema>;
