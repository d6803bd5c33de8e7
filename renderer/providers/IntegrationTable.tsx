import type { ReactNode } from 'react';
import type { Integration } from '#contract/integration.ts';
import { agoText, clockTime, Panel, StateWord } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { callsText, integrationWord, probeText } from './breaker.ts';
import styles from './providers.module.css';

type Props = {
  integrations: readonly Integration[];
  now: number;
  selected: string | null;
  /** The button that resets the breaker of one. */
  resetOf(name: string): ReactNode;
  addressOfAgent(name: string): string;
};

/** The systems that tools reach: the breaker of each, its last effect, and whom its outage pauses. */
export function IntegrationTable({ integrations, now, selected, resetOf, addressOfAgent }: Props) {
  if (integrations.length === 0) return null;
  return (
    <Panel title="Integrations" under="the systems that tools reach">
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Integration</th>
              <th scope="col">Breaker</th>
              <th scope="col">Last minute</th>
              <th scope="col">Last effect</th>
              <th scope="col">Critical to</th>
              <th scope="col">Last error</th>
            </tr>
          </thead>
          <tbody>
            {integrations.map((one) => (
              <tr key={one.name} id={`party-${one.name}`} data-selected={one.name === selected || undefined}>
                <th scope="row">{one.name}</th>
                <td>
                  <StateWord {...integrationWord(one)} />
                  <span className={styles.under}>
                    for {agoText(now - one.since)}
                    {one.probeAt === null ? '' : ` · next probe ${probeText(one.probeAt - now)}`}
                  </span>
                  {one.breaker === 'closed' && one.name !== selected ? null : resetOf(one.name)}
                </td>
                <td>{callsText(one)}</td>
                <td>{one.lastEffectAt === null ? 'none yet' : `${agoText(now - one.lastEffectAt)} ago`}</td>
                <td>
                  {one.criticalTo.length === 0
                    ? 'nobody'
                    : one.criticalTo.map((name) => (
                        <a key={name} className={ink.link} href={addressOfAgent(name)}>
                          {name}{' '}
                        </a>
                      ))}
                </td>
                <td>
                  {one.lastError === null ? (
                    'none'
                  ) : (
                    <>
                      <code>{one.lastError.message}</code>
                      <span className={styles.under}>{clockTime(one.lastError.at, 'seconds')}</span>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
