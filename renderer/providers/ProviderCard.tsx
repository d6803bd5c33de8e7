import type { ReactNode } from 'react';
import type { Spend } from '#contract/integration.ts';
import type { Fault, Provider } from '#contract/provider.ts';
import { BudgetBar } from '../budget/BudgetBar.tsx';
import {
  agoText,
  clockTime,
  countdown,
  countText,
  type Fact,
  Facts,
  Panel,
  percentText,
  RehearsalMark,
  StateWord,
  spanText,
} from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { breakerWord, callsText, probeText } from './breaker.ts';
import { FaultForm } from './FaultForm.tsx';
import styles from './providers.module.css';

type Props = {
  provider: Provider;
  spend: Spend | null;
  now: number;
  selected: boolean;
  rehearsal: boolean;
  busy: boolean;
  /** The button that resets its breaker. */
  reset: ReactNode;
  onFault(fault: Fault | null): void;
};

/** One provider: its breaker, its limits and their use, what failed in the last hour, what it cost today. */
export function ProviderCard({ provider, spend, now, selected, rehearsal, busy, reset, onFault }: Props) {
  const calm = provider.breaker === 'closed' && provider.cooldownUntil === null && provider.share === 1;
  return (
    <div id={`party-${provider.name}`} className={styles.card} data-selected={selected || undefined}>
      <Panel title={provider.name} strong end={<StateWord {...breakerWord(provider)} />}>
        <div className={styles.stack}>
          <Facts facts={factsOf(provider, now)} />
          <ErrorClasses provider={provider} />
          {spend === null ? null : <BudgetBar spend={spend} now={now} />}
          {calm && !selected ? null : <div className={styles.buttons}>{reset}</div>}
        </div>
        {rehearsal && provider.rehearsal ? <FaultForm provider={provider} busy={busy} onFault={onFault} /> : null}
      </Panel>
    </div>
  );
}

function factsOf(provider: Provider, now: number): Fact[] {
  const { probeAt, cooldownUntil, share, lastError, fault } = provider;
  return [
    {
      name: 'Answers',
      value: provider.rehearsal ? <RehearsalMark /> : provider.configured ? provider.kind : 'no: it has no key',
    },
    {
      name: 'Breaker',
      value: `${provider.breaker}, for ${agoText(now - provider.since)}${
        probeAt === null ? '' : ` · next probe ${probeText(probeAt - now)}`
      }`,
    },
    ...(cooldownUntil === null
      ? []
      : [{ name: 'Cooldown', value: `it asked to be left alone: ${countdown(cooldownUntil - now)} left` }]),
    ...(share === 1 ? [] : [{ name: 'Share', value: `${percentText(share)} of its traffic, while it comes back` }]),
    { name: 'Last minute', value: callsText(provider) },
    { name: 'At once', value: loadText(provider) },
    {
      name: 'Rate',
      value:
        provider.rate === null
          ? 'no limit'
          : `${countText(provider.rate.count)} calls in ${spanText(provider.rate.perMs)}, shared by all agents`,
    },
    {
      name: 'Last error',
      value:
        lastError === null ? (
          'none'
        ) : (
          <>
            <code>{lastError.message}</code> at {clockTime(lastError.at, 'seconds')}
          </>
        ),
    },
    ...(fault === null ? [] : [{ name: 'Fault', value: <span className={styles.fault}>{faultText(fault)}</span> }]),
  ];
}

function loadText({ inFlight, concurrency, atGate }: Provider): string {
  const bound = concurrency === null ? 'no limit' : `of ${countText(concurrency)}`;
  return `${countText(inFlight)} under way, ${bound}${atGate === 0 ? '' : ` · ${countText(atGate)} wait at its gate`}`;
}

/** What failed in the last hour, by class: a bar each, of the calls of the hour. */
function ErrorClasses({ provider }: { provider: Provider }) {
  const { calls, errors } = provider.lastHour;
  if (errors.length === 0) {
    return <p className={ink.weak}>No errors in {countText(calls)} calls of the last hour.</p>;
  }
  return (
    <table className={styles.classes}>
      <caption>Errors in {countText(calls)} calls of the last hour</caption>
      <tbody>
        {errors.map((one) => (
          <tr key={one.class}>
            <th scope="row">{one.class}</th>
            <td aria-hidden="true">
              <span className={styles.bar}>
                <span style={{ width: `${((100 * one.count) / Math.max(1, calls)).toFixed(1)}%` }} />
              </span>
            </td>
            <td>{countText(one.count)}</td>
            <td>{percentText(one.count / Math.max(1, calls))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function faultText(fault: Fault): string {
  if (fault.down) return 'down: every call fails';
  const parts = [
    fault.errorRate > 0 ? `${Math.round(fault.errorRate * 100)}% of calls fail` : null,
    fault.latencyMs > 0 ? `${spanText(fault.latencyMs)} slower` : null,
    fault.retryAfterMs === undefined ? null : 'limits every call',
  ];
  return parts.filter((part) => part !== null).join(', ') || 'none';
}
