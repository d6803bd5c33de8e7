import ink from '../kit/ink.module.css';
import styles from './app.module.css';
import { addressOf, type Route } from './route.ts';
import { VIEWS } from './views.ts';

type Props = {
  route: Route;
  /** Incidents that are not resolved, and of these those that need a person now. */
  incidents: number;
  urgent: number;
  /** What waits for a person. */
  waiting: number;
};

/** The views. */
export function Rail({ route, incidents, urgent, waiting }: Props) {
  return (
    <nav className={styles.rail} aria-label="Views">
      {VIEWS.map((group) => (
        <ul key={group[0]?.title}>
          {group.map(({ title, key, icon: Icon, route: to, holds }) => (
            <li key={title}>
              <a
                href={addressOf(to)}
                title={`${title} (g ${key})`}
                aria-current={holds.includes(route.view) ? 'page' : undefined}
              >
                <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
                <span className={styles.railTitle}>{title}</span>
                {title === 'Incidents' && incidents > 0 ? (
                  <span className={styles.railCount} data-urgent={urgent > 0 || undefined}>
                    {incidents}
                    <span className={ink.hidden}> open</span>
                  </span>
                ) : null}
                {title === 'Waiting' && waiting > 0 ? (
                  <span className={styles.railCount} data-waiting>
                    {waiting}
                    <span className={ink.hidden}> for a person</span>
                  </span>
                ) : null}
              </a>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}
