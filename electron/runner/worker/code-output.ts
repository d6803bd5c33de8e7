import type { Json } from '#contract/basic.ts';
import type { Attempt } from './attempt.ts';
import { score } from './judge.ts';
import { fitsSchema, incorrect, inspect, outputNote } from './output.ts';
import { createReview } from './review.ts';

/** A code agent's output: it cannot be asked to repair it, so one that is not right fails at once. */
export async function judgedOutput(attempt: Attempt, output: Json): Promise<Json> {
  const { definition, checks } = attempt;
  const { review, judge: judged, sample } = definition.nightdesk;
  const judges = review !== undefined || judged !== undefined || sample.judge !== undefined;
  const bare = definition.outputSchema === null && Object.keys(checks).length === 0 && !judges;
  if (bare) return output;
  const startedAt = attempt.now();
  const fits = fitsSchema(output, definition.outputSchema);
  const checked = fits.ok ? await inspect(attempt, output, 1) : fits;
  if (!checked.ok) throw incorrect(checked.why, output);
  const reviewed = await createReview(attempt, { redo: false })(checked.value);
  if (reviewed.kind === 'redo') throw incorrect('was sent back', output);
  const scored = await score(attempt, reviewed.value);
  attempt.output(startedAt, outputNote(attempt, { repaired: false, reviewed: reviewed.choice, score: scored }));
  return reviewed.value;
}
