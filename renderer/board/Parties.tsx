import type { Provider } from '#contract/provider.ts';
import { agoText, countText, RehearsalMark, StateWord } from '../kit/index.ts';
import { breakerWord } from '../providers/breaker.ts';
import styles from './board.module.css';

type Props = { providers: readonly Provider[]; now: number; stale: boolean; addressOf(provider: Provider): string };

/** Whom the agents depend on. */
export function Parties({ providers, now, stale, addressOf }: Props) {
  return (
    <ul className={styles.parties} aria-label="Providers">
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
          <a href={addressOf(provider)} className={styles.party}>
            {provider.name}
          </a>
          <StateWord {...(stale ? { tone: 'unknown', word: 'Unknown' } : breakerWord(provider))} />
          <span className={styles.weak}>{loadOf(provider, now)}</span>
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

function probeText(ms: number): string {
  return ms < 1_000 ? 'now' : `in ${agoText(ms)}`;
}
