import { calcPrice } from '@pydantic/genai-prices';

/** Tokens of one call; cached ones are part of `input`. */
export type Usage = { input: number; output: number; cacheRead: number; cacheWrite: number };

/** US dollars per million tokens, as settings give them over the bundled table. */
export type Price = { input: number; output: number };

/**
 * What a call cost in US dollars, by the price table that @pydantic/genai-prices bundles; 0 for models it does not know.
 * A rehearsed call of a known vendor's model costs what it would have cost.
 */
export function priceOf(provider: string, model: string, usage: Usage, own: Price | null): number {
  if (own !== null) return (usage.input * own.input + usage.output * own.output) / 1_000_000;
  const found = calcPrice(
    {
      input_tokens: usage.input,
      output_tokens: usage.output,
      cache_read_tokens: usage.cacheRead,
      cache_write_tokens: usage.cacheWrite,
    },
    model,
    { providerId: provider },
  );
  return found?.total_price ?? 0;
}
