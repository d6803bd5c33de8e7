import type { AgentDetail } from '#contract/agent.ts';
import type { Provider, Route } from '#contract/provider.ts';
import { agoText, countText, Panel, StateWord } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { hopWord, servingHop } from '../providers/hop.ts';
import styles from './agents.module.css';

type Props = {
  agent: AgentDetail;
  /** Null before the first answer. */
  route: Route | null;
  providers: Readonly<Record<string, Provider>>;
  now: number;
  address: string;
};

/** The route in force: in which order providers are asked, and what each would do with the next call. */
export function RoutePanel({ agent, route, providers, now, address }: Props) {
  if (route === null || route.hops.length === 0) {
    return (
      <Panel title="Route">
        <ol className={styles.route}>
          {agent.route.map((entry) => (
            <li key={entry}>
              <code>{entry}</code>
            </li>
          ))}
        </ol>
      </Panel>
    );
  }
  const serving = servingHop(route.hops);
  return (
    <Panel
      title="Route in force"
      under={route.reroutedTo === null ? undefined : `rerouted to ${route.reroutedTo}`}
      end={
        <a className={styles.link} href={address}>
          Providers
        </a>
      }
    >
      <ol className={styles.hops}>
        {route.hops.map((hop) => (
          <li key={`${hop.provider}/${hop.model}`} data-serving={hop === serving || undefined}>
            <code>
              {hop.provider}/{hop.model}
            </code>
            <StateWord {...hopWord(hop, hop === serving)} />
            <span className={`${ink.under} ${styles.whole}`}>
              {breakerText(providers[hop.provider], now)}
              {countText(hop.calls)} calls since the route changed
            </span>
          </li>
        ))}
      </ol>
      {serving === null ? <p className={styles.alarm}>No provider serves it now: its tasks wait.</p> : null}
    </Panel>
  );
}

function breakerText(provider: Provider | undefined, now: number): string {
  if (provider === undefined || !provider.configured) return '';
  return `breaker ${provider.breaker} for ${agoText(now - provider.since)} · `;
}
