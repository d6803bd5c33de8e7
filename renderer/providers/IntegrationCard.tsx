import type { ReactNode } from 'react';
import type { Integration } from '#contract/integration.ts';
import { agoText, clockTime, countText, Facts, Panel, StateWord } from '../kit/index.ts';
import { integrationWord } from './breaker.ts';
import styles from './providers.module.css';

type Props = {
  integration: Integration;
  now: number;
  selected: boolean;
  /** The button that resets its breaker. */
  reset: ReactNode;
  addressOfAgent(name: string): string;
};

/** One system that tools reach: its breaker, its last effect, and whom its outage pauses. */
export function IntegrationCard({ integration, now, selected, reset, addressOfAgent }: Props) {
  const { probeAt, lastError, lastEffectAt, criticalTo } = integration;
  return (
    <div id={`party-${integration.name}`} className={styles.card} data-selected={selected || undefined}>
      <Panel title={integration.name} strong end={<StateWord {...integrationWord(integration)} />}>
        <div className={styles.stack}>
          <Facts
            facts={[
              {
                name: 'Breaker',
                value: `${integration.breaker}, for ${agoText(now - integration.since)}${
                  probeAt === null
                    ? ''
                    : ` · next probe ${probeAt - now < 1_000 ? 'now' : `in ${agoText(probeAt - now)}`}`
                }`,
              },
              {
                name: 'Last minute',
                value: `${countText(integration.errors)} of ${countText(integration.calls)} calls failed`,
              },
              { name: 'Last effect', value: lastEffectAt === null ? 'none yet' : `${agoText(now - lastEffectAt)} ago` },
              ...(lastError === null
                ? []
                : [
                    {
                      name: 'Last error',
                      value: (
                        <>
                          <code>{lastError.message}</code> at {clockTime(lastError.at, 'seconds')}
                        </>
                      ),
                    },
                  ]),
              {
                name: 'Critical to',
                value:
                  criticalTo.length === 0
                    ? 'nobody'
                    : criticalTo.map((name) => (
                        <a key={name} className={styles.link} href={addressOfAgent(name)}>
                          {name}{' '}
                        </a>
                      )),
              },
            ]}
          />
          {integration.breaker === 'closed' && !selected ? null : <div className={styles.buttons}>{reset}</div>}
        </div>
      </Panel>
    </div>
  );
}
