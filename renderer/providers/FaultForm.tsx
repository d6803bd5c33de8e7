import { useState } from 'react';
import type { Fault, Provider } from '#contract/provider.ts';
import { Button } from '../kit/index.ts';
import styles from './providers.module.css';

type Props = { provider: Provider; busy: boolean; onFault(fault: Fault | null): void };

/** How long a provider that limits calls asks to be left alone, ms: as `nightdesk fault --limit 30s`. */
const LIMIT_MS = 30_000;

/** Dials a fault into a rehearsal provider: what the night may bring, on purpose and by day. */
export function FaultForm({ provider, busy, onFault }: Props) {
  const [errorPercent, setErrorPercent] = useState('30');
  const [seconds, setSeconds] = useState('0');
  const rate = Number(errorPercent) / 100;
  const latencyMs = Math.round(Number(seconds) * 1_000);
  const sound = rate >= 0 && rate <= 1 && latencyMs >= 0 && latencyMs <= 600_000;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (sound) onFault({ errorRate: rate, latencyMs, down: false });
      }}
    >
      <p className={styles.formTitle}>Rehearse a fault</p>
      <label>
        Failing calls, %
        <input
          inputMode="decimal"
          value={errorPercent}
          onChange={(event) => setErrorPercent(event.target.value)}
          aria-invalid={!(rate >= 0 && rate <= 1)}
        />
      </label>
      <label>
        Slower by, s
        <input inputMode="decimal" value={seconds} onChange={(event) => setSeconds(event.target.value)} />
      </label>
      <Button type="submit" disabled={busy || !sound}>
        Set
      </Button>
      <span className={styles.break} />
      <Button disabled={busy} onClick={() => onFault({ errorRate: 0, latencyMs: 0, down: true })}>
        Take it down
      </Button>
      <Button
        disabled={busy}
        title={`Every call is one too many (429), and it asks to be left alone for ${LIMIT_MS / 1_000} s`}
        onClick={() => onFault({ errorRate: 0, latencyMs: 0, down: false, retryAfterMs: LIMIT_MS })}
      >
        Limit every call
      </Button>
      <Button variant="quiet" disabled={busy || provider.fault === null} onClick={() => onFault(null)}>
        Clear
      </Button>
      {sound ? null : <p role="alert">Failing calls are 0 to 100 %, slower by 0 to 600 s.</p>}
    </form>
  );
}
