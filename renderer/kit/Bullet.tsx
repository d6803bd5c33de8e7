import { spanText } from './format.ts';
import styles from './kit.module.css';
import type { Tone } from './State.tsx';

/** The bound stands at this share of the scale, so that what is over it still has room. */
const BOUND_AT = 0.9;

/** A latency against its bound: `48 s of 30 s` over a bar with the bound as a tick. Without a bound there is nothing to draw. */
export function Bullet({ ms, boundMs, tone }: { ms: number | null; boundMs: number | null; tone: Tone }) {
  if (ms === null) return <span className={styles.none}>–</span>;
  return (
    <span className={styles.bullet} data-tone={tone}>
      <span className={styles.bulletText}>
        <strong>{spanText(ms)}</strong>
        {boundMs === null ? null : <span> of {spanText(boundMs)}</span>}
      </span>
      {boundMs === null ? null : <Bar ms={ms} boundMs={boundMs} />}
    </span>
  );
}

function Bar({ ms, boundMs }: { ms: number; boundMs: number }) {
  // Over its bound, the bar is full and the tick moves in.
  const scale = Math.max(boundMs / BOUND_AT, ms / 0.97);
  const place = (value: number) => `${((100 * value) / scale).toFixed(2)}%`;
  return (
    <span className={styles.bulletBar} aria-hidden="true">
      <span className={styles.bulletValue} style={{ width: place(ms) }} />
      <span className={styles.bulletBound} style={{ insetInlineStart: place(boundMs) }} />
    </span>
  );
}
