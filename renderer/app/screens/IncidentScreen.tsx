import { useState } from 'react';
import type { Alert } from '#contract/alert.ts';
import type { IncidentDetail } from '#contract/incident.ts';
import { AlertActions } from '../../alerts/AlertActions.tsx';
import type { AlertAsk } from '../../alerts/asked.ts';
import type { IncidentAsk, IncidentCommand } from '../../incidents/asked.ts';
import { IncidentDialog } from '../../incidents/IncidentDialog.tsx';
import { IncidentView } from '../../incidents/IncidentView.tsx';
import { ReviewDialog } from '../../incidents/ReviewDialog.tsx';
import { useKeys } from '../../kit/index.ts';
import { type Client, useAnswer, useCall, useIncident } from '../../link/index.ts';
import { addressOf, go } from '../route.ts';
import { AlertAsking } from './AlertAsking.tsx';
import { awaited } from './awaited.tsx';
import { startRun } from './goOn.ts';
import type { ScreenProps } from './props.ts';

type Props = ScreenProps & { id: number; asked: IncidentAsk | null };

export function IncidentScreen({ id, asked, now }: Props) {
  const { busy, refusal, run } = useCall();
  const [alertAsk, setAlertAsk] = useState<AlertAsk | null>(null);
  const chart = useAnswer(`chart ${id}`, (client) => client.incidents.chart({ id }));
  return awaited(useIncident(id), `incident ${id}`, (incident) => (
    <>
      <IncidentView
        incident={incident}
        chart={chart.value}
        now={now}
        busy={busy}
        refusal={refusal}
        addressOf={(other) => addressOf({ view: 'incident', id: other })}
        addressToWrite={addressOf({
          view: 'edit',
          name: `incident-${id}`,
          from: { from: 'incident', incident: id },
        })}
        onAcknowledge={() => void run((client) => client.incidents.acknowledge({ id }))}
        onNote={async (text) => (await run((client) => client.incidents.note({ id, text }))) !== undefined}
        onStart={(runbook) => void run((client) => startRun(client, runbook, id))}
        onGoOn={(runId) => go({ view: 'run', id: runId })}
        onAsk={(ask) => go({ view: 'incident', id, asked: ask }, 'replace')}
        alertActions={(alert) =>
          isLive(alert) ? (
            <AlertActions alert={alert} keyed={alert.id === keyed(incident)?.id} onAsk={setAlertAsk} />
          ) : null
        }
      />
      <AlertKeys alert={keyed(incident)} onAsk={setAlertAsk} />
      {alertAsk === null ? null : <AlertAsking asked={alertAsk} onClose={() => setAlertAsk(null)} />}
      {asked === 'review' ? <Review id={id} /> : null}
      {asked === null || asked === 'review' ? null : <Asking key={asked} ask={asked} incident={incident} />}
    </>
  ));
}

function isLive({ state }: Alert): boolean {
  return state === 'firing' || state === 'acknowledged';
}

/** The alert that the keys of the page mean: the first that fires and nobody took. */
function keyed({ alerts }: IncidentDetail): Alert | undefined {
  return alerts.find(({ state }) => state === 'firing') ?? alerts.find(isLive);
}

function AlertKeys({ alert, onAsk }: { alert: Alert | undefined; onAsk(ask: AlertAsk): void }) {
  function ask(what: AlertAsk['what']): void {
    if (alert !== undefined) onAsk({ what, alert });
  }
  useKeys({ s: () => ask('silence'), z: () => ask('snooze'), e: () => ask('escalate') });
  return null;
}

function close(id: number): void {
  go({ view: 'incident', id }, 'replace');
}

function Asking({ ask, incident }: { ask: Exclude<IncidentAsk, 'review'>; incident: IncidentDetail }) {
  const { id } = incident;
  const { busy, refusal, run } = useCall();
  const about = useAnswer('about', (client) => client.about());
  const note = useAnswer(`hand-over of ${id}`, (client) => client.incidents.handoverDraft({ id }));
  const all = useAnswer('incidents', (client) => client.incidents.list({ open: false }));
  // A dialog comes with what it asks about: its first field has the focus then.
  if (about.value === null || all.value === null) return null;
  const others = all.value.filter(
    (one) => one.id !== id && one.mergedInto === null && one.rehearsal === incident.rehearsal,
  );
  return (
    <IncidentDialog
      ask={ask}
      incident={incident}
      user={about.value.user}
      others={others}
      note={note.value}
      busy={busy}
      refusal={refusal}
      onClose={() => close(id)}
      onDo={(command) =>
        void run(async (client) => {
          const after = await send(client, id, command);
          go({ view: 'incident', id: after }, after === id ? 'replace' : 'push');
        })
      }
    />
  );
}

/** @returns the incident to go on with */
async function send(client: Client, id: number, command: IncidentCommand): Promise<number> {
  const { incidents } = client;
  switch (command.do) {
    case 'severity': {
      const reason = command.reason.trim();
      return (await incidents.severity({ id, severity: command.severity, ...(reason === '' ? {} : { reason }) })).id;
    }
    case 'take': {
      const { role, holder } = command;
      return (await incidents.take(holder === '' ? { id, role } : { id, role, holder })).id;
    }
    case 'release':
      return (await incidents.release({ id, role: command.role })).id;
    case 'hand-over': {
      const { role, to, done, open, next } = command;
      return (await incidents.handOver({ id, role, to, note: { done, open, next } })).id;
    }
    case 'merge':
      return (await incidents.merge({ id, into: command.into })).id;
    case 'split': {
      const { alerts } = command;
      const title = command.title.trim();
      return (await incidents.split(title === '' ? { id, alerts } : { id, alerts, title })).id;
    }
    case 'undo':
      return (await incidents.undo({ id, move: command.move })).id;
    case 'resolve':
      return (await incidents.resolve({ id, reason: command.reason, anyway: command.anyway })).id;
    case 'reopen':
      return (await incidents.reopen({ id, reason: command.reason })).id;
  }
}

function Review({ id }: { id: number }) {
  const { busy, refusal, run } = useCall();
  const draft = useAnswer(`review of ${id}`, (client) => client.incidents.draft({ id }));
  if (draft.value === null) return null;
  return (
    <ReviewDialog
      draft={draft.value}
      busy={busy}
      refusal={refusal}
      onClose={() => close(id)}
      onSave={async (text, version) =>
        (await run((client) => client.incidents.saveDraft({ id, text, version }))) !== undefined
      }
      onFresh={() => run((client) => client.incidents.draft({ id, fresh: true }))}
      onReread={() => run((client) => client.incidents.draft({ id }))}
    />
  );
}
