import type { Integration } from '#contract/integration.ts';
import type { Provider } from '#contract/provider.ts';
import { agoText, countText, RehearsalMark, StateWord } from '../kit/index.ts';
import { breakerWord, callsText, integrationWord, probeText } from '../providers/breaker.ts';
import styles from './board.module.css';

type Props = {
  providers: readonly Provider[];
  integrations: readonly Integration[];
  now: number;
  stale: boolean;
  address: string;
};

/** Whom the agents depend on. */
export function Parties({ providers, integrations, now, stale, address }: Props) {
  return (
    <ul className={styles.parties} aria-label="Providers and integrations">
      {providers.map((provider) => (
        <li key={provider.name}>
          <span className={styles.kind}>
            Provider{' '}
            {provider.rehearsal ? (
              <>
                · <RehearsalMark />
              </>
            ) : null}
          </span>
          <a href={address} className={styles.party}>
            {provider.name}
          </a>
          <StateWord {...(stale ? { tone: 'unknown', word: 'Unknown' } : breakerWord(provider))} />
          <span className={styles.weak}>{loadOf(provider, now)}</span>
        </li>
      ))}
      {integrations.map((integration) => (
        <li key={`integration ${integration.name}`}>
          <span className={styles.kind}>Integration</span>
          <a href={address} className={styles.party}>
            {integration.name}
          </a>
          <StateWord {...(stale ? { tone: 'unknown', word: 'Unknown' } : integrationWord(integration))} />
          <span className={styles.weak}>
            {integration.lastEffectAt === null
              ? callsText(integration)
              : `last effect ${agoText(now - integration.lastEffectAt)} ago`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function loadOf(provider: Provider, now: number): string {
  const { calls, errors, probeAt, breaker } = provider;
  const share = calls === 0 ? 'no calls in 1 min' : `${countText(errors)} of ${countText(calls)} failed`;
  if (breaker === 'open' && probeAt !== null) return `${share} · probe ${probeText(probeAt - now)}`;
  if (breaker === 'half-open') return `${share} · one call is let through`;
  return calls === 0 ? share : `${share} in 1 min`;
}
