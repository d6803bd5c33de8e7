import type { Rate } from '#contract/health.ts';
import { countText, percentText } from './format.ts';
import styles from './kit.module.css';
import type { Tone } from './State.tsx';

/** How much of the bad side the scale shows at least, as a share: small misses stay visible. */
const LEAST_SCALE = 0.02;

/** A rate's interval as a band, the estimate as a tick, the objective as a dotted line. */
export function IntervalScale({ rate, objective }: { rate: Rate; objective: number }) {
  if (rate.estimate === null) return null;
  const low = Math.min(rate.low, objective, 1 - LEAST_SCALE);
  const place = (share: number) => `${((100 * (share - low)) / (1 - low)).toFixed(2)}%`;
  return (
    <span className={styles.scale} aria-hidden="true">
      <span
        className={styles.range}
        style={{ insetInlineStart: place(rate.low), insetInlineEnd: `calc(100% - ${place(rate.high)})` }}
      />
      <span className={styles.estimate} style={{ insetInlineStart: place(rate.estimate) }} />
      <span className={styles.objective} style={{ insetInlineStart: place(objective) }} />
    </span>
  );
}

/** The interval in words: `90.4–93.0`. */
export function intervalText(rate: Rate): string {
  return `${(rate.low * 100).toFixed(1)}–${(rate.high * 100).toFixed(1)}`;
}

/** A rate as its interval with its denominator and objective under it. */
export function Interval({ rate, objective, tone }: { rate: Rate; objective: number; tone: Tone }) {
  if (rate.estimate === null) return <p className={styles.of}>not measured yet</p>;
  return (
    <div className={styles.interval} data-tone={tone}>
      <div className={styles.intervalLine}>
        <strong>{percentText(rate.estimate)}</strong>
        <IntervalScale rate={rate} objective={objective} />
      </div>
      <p className={styles.of}>
        {intervalText(rate)} of {countText(rate.total)}, objective {percentText(objective)}
      </p>
    </div>
  );
}
