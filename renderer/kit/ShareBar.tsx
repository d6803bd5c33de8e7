import styles from './kit.module.css';
import type { Tone } from './State.tsx';

/** The bound stands at this share of the scale, so that what is over it still has room. */
const BOUND_AT = 0.9;

/** The end of a forecast, as a share of the scale. */
const FORECAST_AT = 0.97;

type Props = {
  spent: number;
  /** Promised beside what is spent: drawn hatched behind it. */
  reserved: number;
  /** Where it leads; drawn thin behind both. Null when nobody can say. */
  forecast?: number | null;
  /** The bound, in the same unit; a tick. */
  bound: number;
  tone: Tone;
};

/** How much of a bound is used: a solid part spent, a hatched part reserved, the bound as a tick. Its numbers stand beside it. */
export function ShareBar({ spent, reserved, bound, forecast = null, tone }: Props) {
  const scale = Math.max(bound / BOUND_AT, (spent + reserved) / 0.97, (forecast ?? 0) / FORECAST_AT, Number.MIN_VALUE);
  const place = (value: number) => `${((100 * value) / scale).toFixed(2)}%`;
  return (
    <span className={styles.share} data-tone={tone} aria-hidden="true">
      {forecast === null ? null : <span className={styles.shareForecast} style={{ width: place(forecast) }} />}
      <span className={styles.shareSpent} style={{ width: place(spent) }} />
      <span className={styles.shareReserved} style={{ insetInlineStart: place(spent), width: place(reserved) }} />
      <span className={styles.bulletBound} style={{ insetInlineStart: place(bound) }} />
    </span>
  );
}
