import type { Agreement, JudgeStanding } from '#contract/sample.ts';

/*
 * A judge model against people. Its score is corrected by its sensitivity and specificity (Rogan and Gladen, 1978); the
 * interval has the variance of all three by the delta method, with the small-sample counts of Lang and Reiczigel (2014). Pure.
 */

/** Two-sided 95 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/** Outputs judged by both, of each kind, before a judge is believed. */
export const CALIBRATION = { correct: 30, incorrect: 10 } as const;
/** Sensitivity + specificity - 1 (Youden): below this a judge tells too little for its correction to mean anything. */
export const LEAST_YOUDEN = 0.3;

export type Calibrated =
  | { ok: true; value: NonNullable<JudgeStanding['corrected']> }
  /** Why it is refused, in words. */
  | { ok: false; why: string };

/** @param scored outputs that the judge scored, @param passed those of them that it passed */
export function calibrate(scored: number, passed: number, agreement: Agreement): Calibrated {
  const { passedCorrect, refusedCorrect, passedIncorrect, refusedIncorrect } = agreement;
  const correct = passedCorrect + refusedCorrect;
  const incorrect = passedIncorrect + refusedIncorrect;
  if (scored === 0) return { ok: false, why: 'it scored nothing yet' };
  if (correct < CALIBRATION.correct || incorrect < CALIBRATION.incorrect) {
    const missing = [
      ...(correct < CALIBRATION.correct ? [`${CALIBRATION.correct - correct} more correct`] : []),
      ...(incorrect < CALIBRATION.incorrect ? [`${CALIBRATION.incorrect - incorrect} more incorrect`] : []),
    ];
    return { ok: false, why: `not calibrated: ${missing.join(' and ')} outputs judged by people and by it` };
  }
  const sensitivity = passedCorrect / correct;
  const specificity = refusedIncorrect / incorrect;
  const youden = sensitivity + specificity - 1;
  if (youden < LEAST_YOUDEN) {
    return {
      ok: false,
      why: `it tells right from wrong too badly: sensitivity ${share(sensitivity)}, specificity ${share(specificity)}`,
    };
  }
  const estimate = within((passed / scored + specificity - 1) / youden);
  const { low, high } = intervalOf(scored, passed, agreement);
  // The interval is that of adjusted counts: at the very edge it may lie beside the plain estimate.
  return {
    ok: true,
    value: { estimate, low: Math.min(low, estimate), high: Math.max(high, estimate), sensitivity, specificity },
  };
}

function intervalOf(scored: number, passed: number, agreement: Agreement): { low: number; high: number } {
  const correct = agreement.passedCorrect + agreement.refusedCorrect + 2;
  const incorrect = agreement.passedIncorrect + agreement.refusedIncorrect + 2;
  const se = (agreement.passedCorrect + 1) / correct;
  const sp = (agreement.refusedIncorrect + 1) / incorrect;
  const n = scored + Z * Z;
  const p = (passed + (Z * Z) / 2) / n;
  const youden = se + sp - 1;
  const centre = (p + sp - 1) / youden;
  const ofSe = (se * (1 - se)) / correct;
  const ofSp = (sp * (1 - sp)) / incorrect;
  const shift = 2 * Z * Z * (centre * ofSe - (1 - centre) * ofSp);
  const half = (Z / youden) * Math.sqrt((p * (1 - p)) / n + centre ** 2 * ofSe + (1 - centre) ** 2 * ofSp);
  return { low: within(centre + shift - half), high: within(centre + shift + half) };
}

function within(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function share(value: number): string {
  return `${Math.round(value * 100)} %`;
}
