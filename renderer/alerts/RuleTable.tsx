import type { AlertRuleView } from '#contract/alert.ts';
import { agoText, countText, Panel, StateWord } from '../kit/index.ts';
import styles from './alerts.module.css';
import { whenText } from './words.ts';

type Props = {
  rules: readonly AlertRuleView[] | null;
  /** `rule NAME`. */
  selected: string | null;
  now: number;
  addressOf(name: string): string;
};

/** Every rule: when it holds, how loud it is, which runbook answers it, and how often it fired. */
export function RuleTable({ rules, selected, now, addressOf }: Props) {
  if (rules === null) return null;
  return (
    <Panel title="Rules" under="shipped, of objectives, and of the files in alerts/">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Holds when</th>
            <th scope="col">Runbook</th>
            <th scope="col" className={styles.number}>
              Fired in 28 d
            </th>
            <th scope="col" className={styles.number}>
              Last
            </th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.name} id={`rule ${rule.name}`} data-selected={selected === `rule ${rule.name}` || undefined}>
              <th scope="row">
                <a href={addressOf(rule.name)}>{rule.name}</a>
                <span className={styles.under}>
                  {rule.severity} · {rule.from}
                </span>
              </th>
              <td>{whenText(rule)}</td>
              <td>{rule.runbooks[0]?.title ?? <span className={styles.under}>none answers it</span>}</td>
              <td className={styles.number}>
                {countText(rule.firedLast28d)}
                {rule.firing === 0 ? null : (
                  <StateWord tone={rule.severity === 'page' ? 'now' : 'soon'} word={`${rule.firing} now`} />
                )}
              </td>
              <td className={styles.number}>
                {rule.lastFiredAt === null ? 'never' : `${agoText(now - rule.lastFiredAt)} ago`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
