import { useState } from 'react';
import type { FileProblem } from '#contract/agent.ts';
import type { Alert, AlertRuleView, Silence } from '#contract/alert.ts';
import {
  agoText,
  Button,
  clockTime,
  countdown,
  FileProblems,
  Key,
  Page,
  Panel,
  Refusal,
  StateWord,
  useKeys,
} from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { AlertRow } from './AlertRow.tsx';
import styles from './alerts.module.css';
import type { AlertAsk } from './asked.ts';
import { RuleTable } from './RuleTable.tsx';
import { liveliestFirst, matcherText, urgentFirst } from './words.ts';

type Props = {
  /** Null before the first frame. */
  alerts: readonly Alert[] | null;
  silences: readonly Silence[];
  /** Null before the first answer. */
  rules: readonly AlertRuleView[] | null;
  problems: readonly FileProblem[];
  now: number;
  busy: boolean;
  refusal: string | null;
  addressOfRule(name: string): string;
  addressOfIncident(id: number): string;
  onOpenRule(name: string): void;
  onOpenIncident(id: number): void;
  onAcknowledge(alert: Alert): void;
  onAsk(ask: AlertAsk): void;
  onUnsilence(silence: Silence): void;
};

/** What fires now and what lies over it, the silences in force, and every rule with what it did lately. */
export function AlertsView(props: Props) {
  const { silences, now, busy, refusal, onAsk } = props;
  const alerts = urgentFirst(props.alerts ?? []);
  const rules = liveliestFirst(props.rules ?? []);
  const [selected, setSelected] = useState<string | null>(null);
  const rows = [
    ...alerts.map((alert) => ({ id: `alert ${alert.id}`, alert })),
    ...silences.map((silence) => ({ id: `silence ${silence.id}`, silence })),
    ...rules.map((rule) => ({ id: `rule ${rule.name}`, rule })),
  ];
  const current = rows.find(({ id }) => id === selected) ?? rows[0];
  const alert = current !== undefined && 'alert' in current ? current.alert : undefined;

  function move(by: number): void {
    const index = current === undefined ? -1 : rows.indexOf(current);
    const next = rows[Math.min(rows.length - 1, Math.max(0, index + by))];
    if (next === undefined) return;
    setSelected(next.id);
    document.getElementById(next.id)?.scrollIntoView({ block: 'nearest' });
  }

  function open(): void {
    if (current === undefined) return;
    if ('rule' in current) props.onOpenRule(current.rule.name);
    else if ('alert' in current && current.alert.incident !== null) props.onOpenIncident(current.alert.incident);
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: open,
    a: () => {
      if (alert !== undefined && alert.state !== 'pending') props.onAcknowledge(alert);
    },
    s: () => onAsk({ what: 'silence', alert: alert ?? null }),
    z: () => {
      if (alert !== undefined && alert.state !== 'pending') onAsk({ what: 'snooze', alert });
    },
    e: () => {
      if (alert !== undefined && alert.state !== 'pending') onAsk({ what: 'escalate', alert });
    },
    u: () => {
      if (current !== undefined && 'silence' in current) props.onUnsilence(current.silence);
    },
  });

  return (
    <Page
      title="Alerts"
      beside={countOf(props.alerts)}
      end={
        <>
          <p className={ink.weak} aria-hidden="true">
            <Key>j</Key> <Key>k</Key> choose · <Key>Enter</Key> open
          </p>
          <Button keys="s" onClick={() => onAsk({ what: 'silence', alert: alert ?? null })}>
            Silence…
          </Button>
        </>
      }
    >
      <Refusal why={refusal} />
      <Panel title="Firing now">
        {alerts.length === 0 ? (
          <p className={ink.weak}>
            {props.alerts === null ? 'reading…' : 'Nothing fires. A rule that holds for long enough shows here.'}
          </p>
        ) : (
          <ul className={styles.list}>
            {alerts.map((one) => (
              <AlertRow
                key={one.id}
                alert={one}
                now={now}
                selected={one === alert}
                busy={busy}
                addressOfRule={props.addressOfRule}
                addressOfIncident={props.addressOfIncident}
                onAcknowledge={() => props.onAcknowledge(one)}
                onAsk={onAsk}
              />
            ))}
          </ul>
        )}
      </Panel>
      {silences.length === 0 ? null : (
        <Panel title="Silenced" under="nobody is told of what matches; what still fires at the end is told">
          <ul className={styles.list}>
            {silences.map((silence) => (
              <li
                key={silence.id}
                id={`silence ${silence.id}`}
                className={styles.silence}
                data-selected={current?.id === `silence ${silence.id}` || undefined}
              >
                <StateWord tone="paused" word={`ends in ${countdown(silence.until - now)}`} />
                <div>
                  <strong>{matcherText(silence.matcher)}</strong>
                  <span className={styles.under}>
                    {silence.reason} · {silence.by.name}, {agoText(now - silence.from)} ago, until{' '}
                    {clockTime(silence.until)}
                  </span>
                </div>
                <Button
                  keys={current?.id === `silence ${silence.id}` ? 'u' : undefined}
                  disabled={busy}
                  aria-label={`Undo: silence of ${matcherText(silence.matcher)}`}
                  onClick={() => props.onUnsilence(silence)}
                >
                  Undo
                </Button>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {props.problems.length === 0 ? null : <FileProblems problems={props.problems} />}
      <RuleTable
        rules={props.rules === null ? null : rules}
        selected={current?.id ?? null}
        now={now}
        addressOf={props.addressOfRule}
      />
    </Page>
  );
}

function countOf(alerts: readonly Alert[] | null): string {
  if (alerts === null) return 'reading…';
  const told = alerts.filter(({ state, covers }) => state === 'firing' && covers.length === 0).length;
  const covered = alerts.filter(({ state, covers }) => state === 'firing' && covers.length > 0).length;
  const rest = alerts.length - told - covered;
  const parts = [
    `${told} firing`,
    ...(covered > 0 ? [`${covered} covered`] : []),
    ...(rest > 0 ? [`${rest} pending or acknowledged`] : []),
  ];
  return alerts.length === 0 ? 'none' : parts.join(', ');
}
