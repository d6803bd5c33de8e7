import { useState } from 'react';
import type { Integration, Spend } from '#contract/integration.ts';
import type { Fault, Provider, ProviderEvent, Route } from '#contract/provider.ts';
import { BudgetBar } from '../budget/BudgetBar.tsx';
import { budgetWord } from '../budget/budget.ts';
import { Button, Key, Panel, Refusal, StateWord, useKeys } from '../kit/index.ts';
import { HistoryPanel } from './HistoryPanel.tsx';
import { IntegrationCard } from './IntegrationCard.tsx';
import { ProviderCard } from './ProviderCard.tsx';
import styles from './providers.module.css';
import { RouteTable } from './RouteTable.tsx';

type Props = {
  /** Null before the first frame. */
  providers: readonly Provider[] | null;
  integrations: readonly Integration[];
  /** By `SCOPE:NAME`. */
  spends: Readonly<Record<string, Spend>>;
  /** Null before the first answer. */
  routes: readonly Route[] | null;
  events: readonly ProviderEvent[] | null;
  now: number;
  rehearsal: boolean;
  busy: boolean;
  refusal: string | null;
  addressOfAgent(name: string): string;
  onFault(provider: string, fault: Fault | null): void;
  onReset(breaker: string): void;
};

/** Whom the agents call: providers and integrations with their breakers, who is routed where, what befell them. */
export function ProvidersView(props: Props) {
  const { providers, integrations, spends, routes, events, now, rehearsal, busy, refusal, onFault, onReset } = props;
  const rows = providers?.toSorted(byName) ?? [];
  const systems = integrations.toSorted(byName);
  const names = [...rows, ...systems].map((one) => one.name);
  const [selected, setSelected] = useState<string | null>(null);
  const current = names.find((name) => name === selected) ?? null;

  function move(by: number): void {
    const index = names.indexOf(current ?? '');
    const next = names[index < 0 ? 0 : Math.min(names.length - 1, Math.max(0, index + by))];
    if (next === undefined) return;
    setSelected(next);
    document.getElementById(`party-${next}`)?.scrollIntoView({ block: 'nearest' });
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    e: () => (current === null ? move(0) : onReset(current)),
    Escape: () => setSelected(null),
  });

  const reset = (name: string) => (
    <Button keys={name === current ? 'e' : undefined} onClick={() => onReset(name)}>
      Reset breaker…
    </Button>
  );
  const desk = spends['desk:desk'];

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Providers</h1>
        <p className={styles.weak}>
          {providers === null ? 'reading…' : `${rows.length} known`}
          {systems.length === 0 ? '' : `, ${systems.length} integrations`}
        </p>
        <span className={styles.spring} />
        <p className={styles.weak} aria-hidden="true">
          <Key>j</Key> <Key>k</Key> choose · <Key>e</Key> reset its breaker
        </p>
      </header>
      <Refusal why={refusal} />
      <div className={styles.grid}>
        {rows.map((provider) => (
          <ProviderCard
            key={provider.name}
            provider={provider}
            spend={spends[`provider:${provider.name}`] ?? null}
            now={now}
            selected={provider.name === current}
            rehearsal={rehearsal}
            busy={busy}
            reset={reset(provider.name)}
            onFault={(fault) => onFault(provider.name, fault)}
          />
        ))}
        {desk === undefined ? null : (
          <Panel title="The whole desk today" end={<StateWord {...budgetWord(desk)} />}>
            <BudgetBar spend={desk} now={now} />
          </Panel>
        )}
      </div>
      {systems.length === 0 ? null : (
        <section aria-label="Integrations" className={styles.section}>
          <h2>Integrations</h2>
          <div className={styles.grid}>
            {systems.map((integration) => (
              <IntegrationCard
                key={integration.name}
                integration={integration}
                now={now}
                selected={integration.name === current}
                reset={reset(integration.name)}
                addressOfAgent={props.addressOfAgent}
              />
            ))}
          </div>
        </section>
      )}
      <RouteTable routes={routes} addressOfAgent={props.addressOfAgent} />
      <HistoryPanel events={events} />
    </div>
  );
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name);
}
