import type { ReportAgent } from '#contract/report.ts';
import { countText } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './reports.module.css';

/** Good and bad ends of each day, as bars with their numbers: the chart is its own table. */
export function DaysChart({ agent, zone }: { agent: ReportAgent; zone: string }) {
  const most = Math.max(1, ...agent.days.map(({ good, bad }) => good + bad));
  return (
    <table className={styles.days}>
      <caption className={ink.hidden}>Ends of {agent.name} by day</caption>
      <thead className={ink.hidden}>
        <tr>
          {agent.days.map(({ from }) => (
            <th key={from} scope="col">
              {dayWord(from, zone)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          {agent.days.map(({ from, good, bad }) => (
            <td key={from}>
              <span className={styles.bar} aria-hidden="true">
                <span className={styles.bad} style={{ height: share(bad, most, bad > 0) }} />
                <span className={styles.good} style={{ height: share(good, most, false) }} />
              </span>
              <span className={styles.count}>{countText(good + bad)}</span>
              <span className={ink.under}>{bad === 0 ? 'none bad' : `${countText(bad)} bad`}</span>
              <span className={ink.under} aria-hidden="true">
                {dayWord(from, zone)}
              </span>
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

/** @param seen few among many are still seen */
function share(count: number, most: number, seen: boolean): string {
  const percent = (100 * count) / most;
  return `${(seen ? Math.max(3, percent) : percent).toFixed(1)}%`;
}

function dayWord(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', day: 'numeric' }).format(at);
}
