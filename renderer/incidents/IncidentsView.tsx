import { useState } from 'react';
import type { Incident } from '#contract/incident.ts';
import { Button, clockTime, RehearsalMark, StateWord, spanText, useKeys } from '../kit/index.ts';
import styles from './incidents.module.css';
import { INCIDENT_WORDS, openFirst } from './state.ts';

type Props = {
  /** Null before the first answer. */
  incidents: readonly Incident[] | null;
  now: number;
  addressOf(incident: Incident): string;
  onOpen(incident: Incident): void;
  onAcknowledge(incident: Incident): void;
};

/** All incidents, open ones first. */
export function IncidentsView({ incidents, now, addressOf, onOpen, onAcknowledge }: Props) {
  const [selected, setSelected] = useState<number | null>(null);
  const rows = openFirst(incidents ?? []);
  const current = rows.find((incident) => incident.id === selected) ?? rows[0];

  function move(by: number): void {
    const index = rows.findIndex((incident) => incident.id === current?.id);
    setSelected(rows[Math.min(rows.length - 1, Math.max(0, index + by))]?.id ?? null);
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      if (current !== undefined) onOpen(current);
    },
    a: () => {
      if (current?.state === 'open') onAcknowledge(current);
    },
  });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Incidents</h1>
        <p className={styles.weak}>{countOf(incidents)}</p>
      </header>
      {incidents !== null && rows.length === 0 ? (
        <p className={styles.empty}>No incident yet. One opens by itself when an alert fires.</p>
      ) : null}
      {rows.length === 0 ? null : (
        <ul className={styles.list}>
          {rows.map((incident) => (
            <li key={incident.id} className={styles.row} data-selected={incident.id === current?.id || undefined}>
              <div className={styles.state}>
                <StateWord {...INCIDENT_WORDS[incident.state]} />
                <span className={styles.under}>
                  {clockTime(incident.openedAt)}, {spanText((incident.resolvedAt ?? now) - incident.openedAt)}
                </span>
              </div>
              <div className={styles.what}>
                <a href={addressOf(incident)} className={styles.title}>
                  {incident.title}
                </a>
                <span className={styles.under}>
                  incident {incident.id} · {incident.touches}
                </span>
              </div>
              <div className={styles.runbook}>
                {incident.run?.title ?? incident.runbooks[0]?.title ?? 'no runbook answers it'}
                <span className={styles.under}>{nextOf(incident)}</span>
              </div>
              <div className={styles.end}>
                {incident.rehearsal ? <RehearsalMark /> : null}
                {incident.state === 'open' ? (
                  <Button keys={incident.id === current?.id ? 'a' : undefined} onClick={() => onAcknowledge(incident)}>
                    Acknowledge
                  </Button>
                ) : null}
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function nextOf(incident: Incident): string {
  const { run } = incident;
  if (run !== null) return `step ${run.step} of ${run.steps}${run.next === null ? '' : `: ${run.next}`}`;
  return incident.state === 'resolved' ? incident.done : 'not begun';
}

function countOf(incidents: readonly Incident[] | null): string {
  if (incidents === null) return 'reading…';
  const open = incidents.filter((incident) => incident.state !== 'resolved').length;
  return open === 0 ? 'none open' : `${open} open`;
}
