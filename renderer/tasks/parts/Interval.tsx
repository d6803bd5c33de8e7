import type { Rate } from '#contract/health.ts';
import { countText, percentText } from './format.ts';
import styles from './parts.module.css';
import type { Tone } from './State.tsx';

/** How much of the bad side the scale shows at least, as a share: small misses stay visible. */
const LEAST_SCALE = 0.02;

/** A rate as its interval with the estimate as a tick and the objective as a dotted line; its denominator under it. */
export function Interval({ rate, objective, tone }: { rate: Rate; objective: number; tone: Tone }) {
  if (rate.estimate === null) return <p className={styles.of}>not measured yet</p>;
  const low = Math.min(rate.low, objective, 1 - LEAST_SCALE);
  const place = (share: number) => `${((100 * (share - low)) / (1 - low)).toFixed(2)}%`;
  return (
    <div className={styles.interval} data-tone={tone}>
      <div className={styles.intervalLine}>
        <strong>{percentText(rate.estimate)}</strong>
        <span className={styles.scale} aria-hidden="true">
          <span
            className={styles.range}
            style={{ insetInlineStart: place(rate.low), insetInlineEnd: `calc(100% - ${place(rate.high)})` }}
          />
          <span className={styles.estimate} style={{ insetInlineStart: place(rate.estimate) }} />
          <span className={styles.objective} style={{ insetInlineStart: place(objective) }} />
        </span>
      </div>
      <p className={styles.of}>
        {(rate.low * 100).toFixed(1)}–{(rate.high * 100).toFixed(1)} of {countText(rate.total)}, objective{' '}
        {percentText(objective)}
      </p>
    </div>
  );
}
