import type { Fault, Provider } from '#contract/provider.ts';
import { agoText, clockTime, countText, Panel, RehearsalMark, StateWord, spanText } from '../kit/index.ts';
import { breakerWord } from './breaker.ts';
import { FaultForm } from './FaultForm.tsx';
import styles from './providers.module.css';

type Props = {
  /** Null before the first frame. */
  providers: readonly Provider[] | null;
  now: number;
  rehearsal: boolean;
  busy: boolean;
  refusal: string | null;
  onFault(provider: string, fault: Fault | null): void;
};

/** Whom the agents call: each provider's breaker, its last minute, its last error; in rehearsal, its faults to dial. */
export function ProvidersView({ providers, now, rehearsal, busy, refusal, onFault }: Props) {
  const rows = providers?.toSorted((a, b) => a.name.localeCompare(b.name)) ?? [];
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Providers</h1>
        <p className={styles.weak}>{providers === null ? 'reading…' : `${rows.length} known`}</p>
      </header>
      {refusal === null ? null : (
        <p role="alert" className={styles.refusal}>
          {refusal}
        </p>
      )}
      <div className={styles.grid}>
        {rows.map((provider) => (
          <Panel key={provider.name} title={provider.name} strong end={<StateWord {...breakerWord(provider)} />}>
            <dl className={styles.facts}>
              <Fact name="Answers">
                {provider.rehearsal ? <RehearsalMark /> : provider.configured ? provider.kind : 'no: it has no key'}
              </Fact>
              <Fact name="Breaker">
                {provider.breaker}, for {agoText(now - provider.since)}
                {provider.probeAt === null ? '' : ` · next probe ${probeText(provider.probeAt - now)}`}
              </Fact>
              <Fact name="Last minute">
                {countText(provider.errors)} of {countText(provider.calls)} calls failed
              </Fact>
              <Fact name="Last error">
                {provider.lastError === null ? (
                  'none'
                ) : (
                  <>
                    <code>{provider.lastError.message}</code> at {clockTime(provider.lastError.at, 'seconds')}
                  </>
                )}
              </Fact>
              {provider.fault === null ? null : (
                <Fact name="Fault">
                  <span className={styles.fault}>{faultText(provider.fault)}</span>
                </Fact>
              )}
            </dl>
            {rehearsal && provider.rehearsal ? (
              <FaultForm provider={provider} busy={busy} onFault={(fault) => onFault(provider.name, fault)} />
            ) : null}
          </Panel>
        ))}
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function probeText(ms: number): string {
  return ms < 1_000 ? 'now' : `in ${agoText(ms)}`;
}

function faultText(fault: Fault): string {
  if (fault.down) return 'down: every call fails';
  const parts = [
    fault.errorRate > 0 ? `${Math.round(fault.errorRate * 100)}% of calls fail` : null,
    fault.latencyMs > 0 ? `${spanText(fault.latencyMs)} slower` : null,
  ];
  return parts.filter((part) => part !== null).join(', ') || 'none';
}
