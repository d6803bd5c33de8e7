import { useState } from 'react';
import { AlertsView } from '../../alerts/AlertsView.tsx';
import type { AlertAsk } from '../../alerts/asked.ts';
import { RuleView } from '../../alerts/RuleView.tsx';
import { useAnswer, useCall } from '../../link/index.ts';
import { addressOf, go } from '../route.ts';
import { AlertAsking } from './AlertAsking.tsx';
import { awaited } from './awaited.tsx';
import type { ScreenProps } from './props.ts';

const toIncident = (id: number) => addressOf({ view: 'incident', id });

export function AlertsScreen({ board, now, silencing }: ScreenProps & { silencing: boolean }) {
  const rules = useAnswer('alert rules', (client) => client.alerts.rules());
  const problems = useAnswer('alert problems', (client) => client.alerts.lint());
  const { busy, refusal, run } = useCall();
  const [asked, setAsked] = useState<AlertAsk | null>(null);
  const shown: AlertAsk | null = asked ?? (silencing ? { what: 'silence', alert: null } : null);
  return (
    <>
      <AlertsView
        alerts={board === null ? null : Object.values(board.alerts)}
        silences={Object.values(board?.silences ?? {}).toSorted((a, b) => a.until - b.until)}
        rules={rules.value}
        problems={problems.value ?? []}
        now={now}
        busy={busy}
        refusal={refusal}
        addressOfRule={(name) => addressOf({ view: 'rule', name })}
        addressOfIncident={toIncident}
        onOpenRule={(name) => go({ view: 'rule', name })}
        onOpenIncident={(id) => go({ view: 'incident', id })}
        onAcknowledge={(alert) => void run((client) => client.alerts.acknowledge({ id: alert.id }))}
        onAsk={setAsked}
        onUnsilence={(silence) => void run((client) => client.alerts.unsilence({ id: silence.id }))}
      />
      {shown === null ? null : (
        <AlertAsking
          asked={shown}
          onClose={() => {
            setAsked(null);
            if (silencing) go({ view: 'alerts' }, 'replace');
          }}
        />
      )}
    </>
  );
}

export function RuleScreen({ name, now }: ScreenProps & { name: string }) {
  const { value, trouble } = useAnswer(`alert rule ${name}`, (client) => client.alerts.rule({ name }));
  return awaited({ record: value ?? undefined, trouble }, `alert rule ${name}`, (rule) => (
    <RuleView
      rule={rule}
      now={now}
      addressOfIncident={toIncident}
      addressOfRunbook={(runbook) => addressOf({ view: 'runbook', name: runbook })}
      addressToWrite={addressOf({ view: 'edit', name, from: { from: 'alert', rule: name } })}
    />
  ));
}
