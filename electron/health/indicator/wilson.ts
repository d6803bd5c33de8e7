import type { Rate } from '#contract/health.ts';

/** Two-sided 95 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * A rate with its Wilson score interval (E. B. Wilson, 1927): it stays within 0 and 1 and does not collapse at 100 %.
 * Nothing measured is the whole interval and no estimate.
 */
export function rateOf(good: number, total: number): Rate {
  if (total === 0) return { good: 0, total: 0, estimate: null, low: 0, high: 1 };
  const p = good / total;
  const z2 = Z * Z;
  const centre = (p + z2 / (2 * total)) / (1 + z2 / total);
  const half = (Z * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total * total))) / (1 + z2 / total);
  return { good, total, estimate: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
