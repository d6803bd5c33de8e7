import type { AlertRuleDetail } from '#contract/alert.ts';
import { CommandLine, clockTime, Facts, Page, Panel, StateWord, spanText } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './alerts.module.css';
import { alertWord, whenText } from './words.ts';

type Props = {
  rule: AlertRuleDetail;
  now: number;
  addressOfIncident(id: number): string;
  addressOfRunbook(name: string): string;
  /** Where a runbook for it is written. */
  addressToWrite: string;
};

/** One rule: when it holds, who is told, which runbooks answer it, and each time it fired lately. */
export function RuleView({ rule, now, addressOfIncident, addressOfRunbook, addressToWrite }: Props) {
  return (
    <Page
      title={rule.title}
      beside={
        <>
          <p className={ink.weak}>{rule.name}</p>
          {rule.firing === 0 ? null : (
            <StateWord tone={rule.severity === 'page' ? 'now' : 'soon'} word={`${rule.firing} firing now`} />
          )}
        </>
      }
    >
      <Panel title="The rule">
        <Facts
          facts={[
            { name: 'Holds when', value: whenText(rule) },
            {
              name: 'Severity',
              value: rule.severity === 'page' ? 'page: wakes a person' : 'ticket: waits for the day',
            },
            { name: 'Tells', value: rule.routes.join(', ') || 'nobody: no route is set for it in nightdesk.yaml' },
            { name: 'From', value: rule.file ?? (rule.from === 'objective' ? "agents' objectives" : 'Nightdesk') },
            {
              name: 'Runbooks',
              value:
                rule.runbooks.length === 0
                  ? [
                      'none answers it · ',
                      <a key="write" className={styles.link} href={addressToWrite}>
                        Write one
                      </a>,
                    ]
                  : rule.runbooks.map(({ name, title }) => (
                      <a key={name} className={styles.link} href={addressOfRunbook(name)}>
                        {title}
                      </a>
                    )),
            },
            { name: 'Fired', value: `${rule.firedLast28d === 1 ? 'once' : `${rule.firedLast28d} times`} in 28 d` },
          ]}
        />
        {rule.file === null ? null : <CommandLine command={`nightdesk alert test --rule ${rule.file} --last 7d`} />}
      </Panel>
      <Panel title="Fired lately">
        {rule.history.length === 0 ? (
          <p className={ink.weak}>Not in 28 days.</p>
        ) : (
          <ul className={styles.list}>
            {rule.history.map((alert) => (
              <li key={alert.id} className={styles.alert}>
                <div>
                  <StateWord {...alertWord(alert)} />
                  <span className={styles.under}>
                    {dayText(alert.firedAt)} {clockTime(alert.firedAt)}
                  </span>
                  <span className={styles.under}>for {spanText((alert.resolvedAt ?? now) - alert.firedAt)}</span>
                </div>
                <div className={styles.what}>
                  <strong>{alert.summary}</strong>
                  <span className={styles.under}>
                    {alert.value}
                    {alert.incident === null ? null : (
                      <>
                        {' · '}
                        <a href={addressOfIncident(alert.incident)}>incident {alert.incident}</a>
                      </>
                    )}
                    {alert.acknowledgedBy === null ? '' : ` · taken by ${alert.acknowledgedBy.name}`}
                  </span>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </Page>
  );
}

/** The day on the wall's calendar: `2026-11-24`. */
function dayText(at: number): string {
  const day = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
