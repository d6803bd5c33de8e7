import { useState } from 'react';
import type { Integration, Spend } from '#contract/integration.ts';
import type { Fault, Provider, ProviderEvent, Route } from '#contract/provider.ts';
import { BudgetBar } from '../budget/BudgetBar.tsx';
import { budgetWord } from '../budget/budget.ts';
import { Button, Key, Page, Panel, Refusal, StateWord, useKeys } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { troubledFirst } from './breaker.ts';
import { HistoryPanel } from './HistoryPanel.tsx';
import { IntegrationTable } from './IntegrationTable.tsx';
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
  const [selected, setSelected] = useState<string | null>(null);
  // While a person has chosen one, none moves under the hand.
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const rows = inOrder(providers ?? [], held);
  const systems = inOrder(integrations, held);
  const names = [...rows, ...systems].map((one) => one.name);
  const current = names.find((name) => name === selected) ?? null;

  function move(by: number): void {
    const index = names.indexOf(current ?? '');
    const next = names[index < 0 ? 0 : Math.min(names.length - 1, Math.max(0, index + by))];
    if (next === undefined) return;
    setHeld((before) => before ?? names);
    setSelected(next);
    document.getElementById(`party-${next}`)?.scrollIntoView({ block: 'nearest' });
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    e: () => (current === null ? move(0) : onReset(current)),
    Escape: () => {
      setSelected(null);
      setHeld(null);
    },
  });

  const reset = (name: string) => (
    <Button keys={name === current ? 'e' : undefined} onClick={() => onReset(name)}>
      Reset breaker…
    </Button>
  );
  const desk = spends['desk:desk'];

  return (
    <Page
      title="Providers"
      beside={countOf(providers, systems.length)}
      end={
        <p className={ink.weak} aria-hidden="true">
          <Key>j</Key> <Key>k</Key> choose · <Key>e</Key> reset its breaker
        </p>
      }
    >
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
      <RouteTable routes={routes} addressOfAgent={props.addressOfAgent} />
      <IntegrationTable
        integrations={systems}
        now={now}
        selected={current}
        resetOf={reset}
        addressOfAgent={props.addressOfAgent}
      />
      <HistoryPanel events={events} />
    </Page>
  );
}

/** In the order that is held; else those in trouble first. */
function inOrder<Party extends Pick<Integration, 'name' | 'breaker'>>(
  parties: readonly Party[],
  held: readonly string[] | null,
): Party[] {
  const sorted = troubledFirst(parties);
  if (held === null) return sorted;
  const place = ({ name }: Party) => (held.includes(name) ? held.indexOf(name) : held.length);
  return sorted.toSorted((a, b) => place(a) - place(b));
}

function countOf(providers: readonly Provider[] | null, integrations: number): string {
  if (providers === null) return 'reading…';
  return `${providers.length} known${integrations === 0 ? '' : `, ${integrations} integrations`}`;
}
