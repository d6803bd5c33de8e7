import {
  type AlertmanagerPayload,
  type AlertsTaken,
  type OutsideAlert,
  outsideAlertSchema,
} from '#contract/delivery.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { prepareOutside } from '../../store/outbox.ts';
import { type Signal, shipped } from '../alert/rules.ts';
import { SOURCE_LABEL } from './format/alertmanager.ts';

/*
 * Alerts that an Alertmanager tells of. Each is a signal for as long as it is said to fire; one that is not heard of any
 * more freezes: silence resolves nothing.
 */

/** Alertmanager repeats what fires every 4 h by default; after three missed turns nothing is known, ms. */
const SILENT_MS = 12 * 3_600_000;
/** One that ended is spoken of for so long, for a desk that was down meanwhile, ms. */
const ENDED_MS = 24 * 3_600_000;
/** One that nothing is heard of for so long is not kept any more, ms: its alert stays as it is until a person closes it. */
const LOST_MS = 7 * 24 * 3_600_000;
/** So many are forgotten in a commit. */
const FORGET_ROWS = 500;

export type OutsideOptions = {
  store: ReturnType<typeof prepareOutside>;
  commit<T>(work: () => T): Promise<T>;
  now(): number;
};

export function createOutside({ store, commit, now }: OutsideOptions) {
  const known = new Map<string, { alert: OutsideAlert; heardAt: number }>();
  for (const row of store.all()) {
    const alert = outsideAlertSchema.safeParse(JSON.parse(row.body));
    if (alert.success) known.set(row.fingerprint, { alert: alert.data, heardAt: row.heard_at });
  }

  return {
    /** Takes in what one payload tells; it is on the disk when this settles. A repeat changes nothing. */
    async receive(payload: AlertmanagerPayload): Promise<Result<AlertsTaken>> {
      const heardAt = now();
      const [own, foreign] = partition(payload.alerts);
      const work = (): void => {
        for (const alert of foreign) {
          store.write({ fingerprint: alert.fingerprint, body: JSON.stringify(alert), heard_at: heardAt });
        }
      };
      try {
        await commit(work);
      } catch (error) {
        return fail('STORAGE', `The alerts cannot be written: ${error instanceof Error ? error.message : error}`, {
          kept: 'None of them was taken in.',
          todo: 'Make room on the disk of the desk; Alertmanager sends them again.',
        });
      }
      for (const alert of foreign) known.set(alert.fingerprint, { alert, heardAt });
      return succeed({ taken: foreign.length, ignored: own.length });
    },
    /** Lets go of what is over, or was not heard of, for long: each that ever fired would be kept for ever. */
    async forget(): Promise<void> {
      for (;;) {
        const at = now();
        const old = [...known]
          .filter(([, { alert, heardAt }]) => at - heardAt > (alert.status === 'resolved' ? ENDED_MS : LOST_MS))
          .slice(0, FORGET_ROWS);
        if (old.length === 0) return;
        await commit(() => {
          for (const [fingerprint, { heardAt }] of old) store.remove(fingerprint, heardAt);
        });
        // It may have been heard of meanwhile.
        for (const [fingerprint, one] of old) if (known.get(fingerprint) === one) known.delete(fingerprint);
      }
    },
    signals: (at: number): Signal[] =>
      [...known.values()].map(({ alert, heardAt }) => outsideSignal(alert, heardAt, at)),
  };
}

function partition(alerts: OutsideAlert[]): [own: OutsideAlert[], foreign: OutsideAlert[]] {
  const isOwn = ({ labels }: OutsideAlert): boolean => labels[SOURCE_LABEL.name] === SOURCE_LABEL.value;
  return [alerts.filter(isOwn), alerts.filter((alert) => !isOwn(alert))];
}

/** What an alert of another system says now. Pure. */
export function outsideSignal(alert: OutsideAlert, heardAt: number, now: number): Signal {
  const { labels, annotations, fingerprint, status } = alert;
  const name = labels.alertname ?? 'alert';
  const summary = annotations.summary ?? annotations.description ?? name;
  return {
    ...shipped('alertmanager-alert'),
    severity: /^(critical|page|error|emergency)$/i.test(labels.severity ?? '') ? 'page' : 'ticket',
    subject: `${name}/${fingerprint}`,
    event: status === 'resolved' ? 'cleared' : now - heardAt > SILENT_MS ? 'no-data' : 'holds',
    title: summary.split('\n')[0] ?? name,
    fires: `Alertmanager: ${name} fires`,
    clears: `Alertmanager: ${name} is over`,
    agents: labels.agent === undefined ? [] : [labels.agent],
    labels: {
      ...labels,
      ...(annotations.runbook_url === undefined ? {} : { runbook_url: annotations.runbook_url }),
      ...(alert.generatorURL === undefined ? {} : { generator: alert.generatorURL }),
    },
    value: annotations.value ?? annotations.description ?? summary,
    error: null,
  };
}
