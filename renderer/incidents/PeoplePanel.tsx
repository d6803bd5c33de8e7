import type { IncidentDetail } from '#contract/incident.ts';
import { clockTime, Panel } from '../kit/index.ts';
import styles from './incidents.module.css';

/** Who holds which role, and the last hand-over note. */
export function PeoplePanel({
  incident,
}: {
  incident: Pick<IncidentDetail, 'roles' | 'handovers' | 'acknowledgedBy'>;
}) {
  const { roles, handovers, acknowledgedBy } = incident;
  const [last] = handovers;
  return (
    <Panel title="People">
      {roles.length === 0 ? (
        <p className={styles.weak}>
          {acknowledgedBy === null
            ? 'Nobody holds a role yet.'
            : `${acknowledgedBy.name} is at it; nobody holds a role.`}
        </p>
      ) : (
        <ul className={styles.people}>
          {roles.map(({ role, holder, since }) => (
            <li key={`${role} ${holder.name}`}>
              <span className={styles.kind}>{role}</span>
              <strong>{holder.name}</strong>
              <span className={styles.by}>since {clockTime(since)}</span>
            </li>
          ))}
        </ul>
      )}
      {last === undefined ? null : (
        <div className={styles.handover}>
          <p className={styles.by}>
            {last.from.name} to {last.to}, {clockTime(last.at)}
          </p>
          <dl>
            {(['next', 'open', 'done'] as const).map((part) => (
              <div key={part}>
                <dt>{part}</dt>
                <dd>{last.note[part]}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </Panel>
  );
}
