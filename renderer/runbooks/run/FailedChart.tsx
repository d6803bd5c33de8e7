import type { AgentHealth } from '#contract/health.ts';
import { clockTime, spanText } from '../../kit/index.ts';
import styles from './run.module.css';

/** The chart's own units; it is stretched to the panel. */
const WIDTH = 100;
const HEIGHT = 30;

/** Failed ends per bucket, as an area: whether what was done helps. */
export function FailedChart({ agent }: { agent: AgentHealth }) {
  const { bad, from, bucketMs } = agent.spark;
  if (bad.length < 2) return null;
  const most = Math.max(1, ...bad);
  const line = bad.map((count, index) => {
    const x = (index / (bad.length - 1)) * WIDTH;
    return `${x.toFixed(2)},${(HEIGHT - (count / most) * (HEIGHT - 1)).toFixed(2)}`;
  });
  const total = bad.reduce((sum, count) => sum + count, 0);
  return (
    <figure className={styles.chart}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${total} failed`}>
        {total === 0 ? null : (
          <>
            <polygon points={`0,${HEIGHT} ${line.join(' ')} ${WIDTH},${HEIGHT}`} />
            <polyline points={line.join(' ')} />
          </>
        )}
      </svg>
      <figcaption>
        <span>{clockTime(from)}</span>
        <span>{total === 0 ? 'none failed' : `failed per ${spanText(bucketMs)}, ${most} at most`}</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
