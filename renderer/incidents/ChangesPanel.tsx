import type { IncidentDetail } from '#contract/incident.ts';
import { clockTime, Panel, spanText } from '../kit/index.ts';
import styles from './incidents.module.css';

/** Changes that are shown before one asks for the rest. */
const SHOWN = 5;

type Changes = IncidentDetail['changes'];

const KIND_WORDS: Record<Changes[number]['kind'], string> = {
  definition: 'deploy',
  intervention: 'by hand',
  provider: 'provider',
  settings: 'settings',
  objective: 'objective',
};

/** Kinds whose text says whom it happened to. */
const NAMES_SUBJECT: readonly Changes[number]['kind'][] = ['intervention', 'provider'];

/** What changed before it, the nearest first; what does not concern its agents stands apart. */
export function ChangesPanel({ incident }: { incident: Pick<IncidentDetail, 'changes' | 'openedAt'> }) {
  const before = incident.changes.filter((change) => change.at <= incident.openedAt);
  const own = before.filter(({ concerns }) => concerns);
  const others = before.filter(({ concerns }) => !concerns);
  const rest = [...own.slice(SHOWN), ...others];
  return (
    <Panel title="What changed before it" under="6 h, the nearest first">
      {own.length === 0 ? <p className={styles.weak}>Nothing of its agents, routes or settings changed.</p> : null}
      <ChangeList changes={own.slice(0, SHOWN)} openedAt={incident.openedAt} />
      {rest.length === 0 ? null : (
        <details className={styles.more}>
          <summary>
            {own.length > SHOWN ? `${own.length - SHOWN} older, ` : ''}
            {others.length} of other agents and providers
          </summary>
          <ChangeList changes={rest} openedAt={incident.openedAt} />
        </details>
      )}
    </Panel>
  );
}

function ChangeList({ changes, openedAt }: { changes: Changes; openedAt: number }) {
  if (changes.length === 0) return null;
  return (
    <ol className={styles.changes}>
      {changes.map((change) => (
        <li key={`${change.at} ${change.kind} ${change.subject} ${change.text}`} data-kind={change.kind}>
          <span className={styles.before}>
            <strong>{beforeText(openedAt - change.at)}</strong>
            <time dateTime={new Date(change.at).toISOString()}>{clockTime(change.at, 'seconds')}</time>
          </span>
          <span>
            <span className={styles.kind}>{KIND_WORDS[change.kind]}</span>{' '}
            {NAMES_SUBJECT.includes(change.kind) ? null : <strong>{change.subject} </strong>}
            <span className={styles.changeText}>{change.text}</span>
            {change.by === null ? null : <span className={styles.by}> {change.by.name}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

function beforeText(ms: number): string {
  return ms < 1_000 ? 'at that moment' : `${spanText(Math.floor(ms / 1_000) * 1_000)} before`;
}
