import type { Rate } from '#contract/health.ts';

/** Two-sided quantiles of the standard normal distribution. */
export const Z95 = 1.959963984540054;
export const Z99 = 2.5758293035489004;

/**
 * A rate with its Wilson score interval (E. B. Wilson, 1927): it stays within 0 and 1 and does not collapse at 100 %.
 * Nothing measured is the whole interval and no estimate.
 *
 * @param z how sure: Z95, or Z99
 */
export function rateOf(good: number, total: number, z = Z95): Rate {
  return { good, total, estimate: total === 0 ? null : good / total, ...wilson(good, total, z) };
}

/** The interval alone. @param z two-sided quantile of the standard normal distribution: how sure it is */
export function wilson(good: number, total: number, z: number): { low: number; high: number } {
  if (total === 0) return { low: 0, high: 1 };
  const p = good / total;
  const z2 = z * z;
  const centre = (p + z2 / (2 * total)) / (1 + z2 / total);
  const half = (z * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total * total))) / (1 + z2 / total);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
