import { rateOf } from '../indicator/wilson.ts';

/*
 * From verdicts on drawn outputs to the share of all successes that is right: weighted within each class by the inverse of
 * the chances, and each class by its number of successes. The interval is Wilson's at the effective size. Pure.
 */

/** Two-sided 95 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/** The verdicts on one class; `cannot-tell` ones stay out, as if they had not been drawn. */
export type ClassVerdicts = {
  /** Successes of the class, drawn or not. */
  successes: number;
  verdicts: readonly { correct: boolean; chance: number }[];
};

export type Estimate = {
  estimate: number;
  low: number;
  high: number;
  /** As many equally weighted verdicts would say as much. */
  effective: number;
  /** Share of the successes whose class has a verdict: of the others nothing is known. */
  coverage: number;
};

/** @returns null without a verdict */
export function estimateOf(classes: readonly ClassVerdicts[]): Estimate | null {
  const known = classes.filter(({ verdicts }) => verdicts.length > 0).map(ofClass);
  const all = classes.reduce((sum, { successes }) => sum + successes, 0);
  const covered = known.reduce((sum, { successes }) => sum + successes, 0);
  if (known.length === 0) return null;
  let p = 0;
  let spread = 0;
  let variance = 0;
  for (const { successes, share, size } of known) {
    const weight = covered === 0 ? 1 / known.length : successes / covered;
    p += weight * share;
    spread += (weight * weight) / size;
    variance += (weight * weight * share * (1 - share)) / size;
  }
  // The smaller of what the weights alone cost (Kish), and of what the classes' own spread says.
  const byVariance = variance > 0 ? (p * (1 - p)) / variance : Number.POSITIVE_INFINITY;
  const effective = Math.min(1 / spread, byVariance > 0 ? byVariance : Number.POSITIVE_INFINITY);
  const { low, high } = rateOf(p * effective, effective);
  return { estimate: p, low, high, effective, coverage: all === 0 ? 1 : covered / all };
}

function ofClass({ successes, verdicts }: ClassVerdicts): { successes: number; share: number; size: number } {
  let weights = 0;
  let squares = 0;
  let correct = 0;
  for (const verdict of verdicts) {
    const weight = 1 / verdict.chance;
    weights += weight;
    squares += weight * weight;
    if (verdict.correct) correct += weight;
  }
  return { successes: Math.max(successes, verdicts.length), share: correct / weights, size: weights ** 2 / squares };
}

/**
 * How many more verdicts would settle an estimate against an objective, if it stays where it is and they are drawn as the
 * others were: Wilson's interval leaves p0 out as soon as n > z² p0 (1 - p0) / (p - p0)².
 * @returns 0 when it is settled, null when no number would: the estimate stands on the objective
 */
export function moreToSettle(
  { estimate, effective }: Pick<Estimate, 'estimate' | 'effective'>,
  verdicts: number,
  objective: number,
): number | null {
  const distance = Math.abs(estimate - objective);
  if (distance < 1e-9) return null;
  const needed = (Z * Z * objective * (1 - objective)) / distance ** 2;
  if (effective > needed) return 0;
  return Math.max(1, Math.ceil(((needed - effective) * verdicts) / effective));
}
