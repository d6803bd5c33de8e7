import { useRef, useState } from 'react';
import { type Incident, type IncidentStats, incidentSeveritySchema } from '#contract/incident.ts';
import { Button, clockTime, RehearsalMark, StateWord, spanText, useKeys } from '../kit/index.ts';
import { EVERY_INCIDENT, type IncidentFilter, isShown, timeWords } from './filter.ts';
import styles from './incidents.module.css';
import { incidentWord, openFirst, SEVERITY_WORDS } from './state.ts';

type Props = {
  /** Null before the first answer. */
  incidents: readonly Incident[] | null;
  stats: IncidentStats | null;
  now: number;
  addressOf(incident: Incident): string;
  onOpen(incident: Incident): void;
  onAcknowledge(incident: Incident): void;
  /** Opens one by hand. */
  onNew(): void;
};

/** All incidents, open ones first; what is shown is chosen above. */
export function IncidentsView({ incidents, stats, now, addressOf, onOpen, onAcknowledge, onNew }: Props) {
  const [selected, setSelected] = useState<number | null>(null);
  const [filter, setFilter] = useState<IncidentFilter>(EVERY_INCIDENT);
  const search = useRef<HTMLInputElement>(null);
  const rows = openFirst(incidents ?? []).filter((incident) => isShown(incident, filter));
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
    o: () => setFilter({ ...filter, open: !filter.open }),
    n: onNew,
    '/': () => search.current?.focus(),
  });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Incidents</h1>
        <p className={styles.weak}>{countOf(incidents)}</p>
        <span className={styles.spring} />
        <Button keys="n" onClick={onNew}>
          Open one by hand
        </Button>
      </header>
      <Times stats={stats} />
      <FilterLine filter={filter} searchRef={search} onFilter={setFilter} />
      {incidents !== null && rows.length === 0 ? <p className={styles.empty}>{emptyText(incidents)}</p> : null}
      {rows.length === 0 ? null : (
        <ul className={styles.list}>
          {rows.map((incident) => (
            <Row
              key={incident.id}
              incident={incident}
              now={now}
              selected={incident.id === current?.id}
              address={addressOf(incident)}
              onAcknowledge={() => onAcknowledge(incident)}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

/** Times of the last weeks; nothing while there was no incident. */
function Times({ stats }: { stats: IncidentStats | null }) {
  if (stats === null || stats.incidents === 0) return null;
  const days = Math.round((stats.to - stats.from) / 86_400_000);
  return (
    <dl className={styles.times} aria-label={`Times of ${stats.incidents} incidents in ${days} days`}>
      <div>
        <dt>{days} days</dt>
        <dd>
          {stats.incidents} {stats.incidents === 1 ? 'incident' : 'incidents'}
          {stats.rehearsal ? (
            <>
              {' '}
              <RehearsalMark />
            </>
          ) : null}
        </dd>
      </div>
      {timeWords(stats).map(({ name, value, of }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value} <span className={styles.by}>{of}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

type FilterProps = {
  filter: IncidentFilter;
  searchRef: React.RefObject<HTMLInputElement | null>;
  onFilter(filter: IncidentFilter): void;
};

function FilterLine({ filter, searchRef, onFilter }: FilterProps) {
  return (
    <div className={styles.filters} role="search" aria-label="Incidents">
      <Button aria-pressed={filter.open} keys="o" onClick={() => onFilter({ ...filter, open: !filter.open })}>
        Open only
      </Button>
      {incidentSeveritySchema.options.map((severity) => (
        <Button
          key={severity}
          variant="quiet"
          aria-pressed={filter.severity === severity}
          onClick={() => onFilter({ ...filter, severity: filter.severity === severity ? null : severity })}
        >
          {severity}
        </Button>
      ))}
      <input
        ref={searchRef}
        type="search"
        aria-label="Search incidents"
        placeholder="Title, agent, alert or person   /"
        value={filter.text}
        onChange={(event) => onFilter({ ...filter, text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur();
        }}
      />
    </div>
  );
}

type RowProps = { incident: Incident; now: number; selected: boolean; address: string; onAcknowledge(): void };

function Row({ incident, now, selected, address, onAcknowledge }: RowProps) {
  return (
    <li className={styles.row} data-selected={selected || undefined}>
      <div className={styles.state}>
        <StateWord {...incidentWord(incident)} />
        <span className={styles.under}>
          {clockTime(incident.openedAt)}, {spanText((incident.resolvedAt ?? now) - incident.openedAt)}
        </span>
      </div>
      <div className={styles.what}>
        <a href={address} className={styles.title}>
          {incident.title}
        </a>
        <span className={styles.under}>
          <span data-tone={SEVERITY_WORDS[incident.severity].tone} className={styles.severity}>
            {incident.severity}
          </span>{' '}
          · incident {incident.id} · {incident.touches}
        </span>
      </div>
      <div className={styles.runbook}>
        {incident.run?.title ?? incident.runbooks[0]?.title ?? 'no runbook answers it'}
        <span className={styles.under}>{nextOf(incident)}</span>
      </div>
      <div className={styles.end}>
        {incident.rehearsal ? <RehearsalMark /> : null}
        {incident.state === 'open' ? (
          <Button keys={selected ? 'a' : undefined} onClick={onAcknowledge}>
            Acknowledge
          </Button>
        ) : null}
      </div>
    </li>
  );
}

function nextOf(incident: Incident): string {
  const { run, mergedInto } = incident;
  if (mergedInto !== null) return `merged into incident ${mergedInto}`;
  if (run !== null) return `step ${run.step} of ${run.steps}${run.next === null ? '' : `: ${run.next}`}`;
  return incident.state === 'resolved' ? (incident.resolveReason ?? incident.done) : 'not begun';
}

function emptyText(incidents: readonly Incident[]): string {
  return incidents.length === 0
    ? 'No incident yet. One opens by itself when an alert fires.'
    : `None of ${incidents.length} fits. Take a filter back.`;
}

function countOf(incidents: readonly Incident[] | null): string {
  if (incidents === null) return 'reading…';
  const open = incidents.filter((incident) => incident.state !== 'resolved').length;
  return open === 0 ? 'none open' : `${open} open`;
}
