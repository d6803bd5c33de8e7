import { useRef, useState } from 'react';
import type { RunbookSummary } from '#contract/runbook.ts';
import type { LibraryMetrics } from '#contract/runbook-metrics.ts';
import { Button, StateWord, useKeys } from '../kit/index.ts';
import { LibraryTable } from './LibraryTable.tsx';
import styles from './library.module.css';
import {
  EVERY_RUNBOOK,
  inOrder,
  isShown,
  isStale,
  type LibraryFilter,
  type LibraryOrder,
  type Row,
} from './library.ts';

type Props = {
  /** Null before the first answer. */
  runbooks: readonly RunbookSummary[] | null;
  metrics: LibraryMetrics | null;
  now: number;
  addressOf(runbook: RunbookSummary): string;
  /** Where a runbook for an alert is written. */
  addressFor(rule: string): string;
  onOpen(runbook: RunbookSummary): void;
  /** Writes a new one. */
  onNew(): void;
};

/** The library: what each runbook is for, whether it is sound, how it was used and proven; and what none answers. */
export function LibraryView({ runbooks, metrics, now, addressOf, addressFor, onOpen, onNew }: Props) {
  const [selected, setSelected] = useState<string | null>(null);
  const [filter, setFilter] = useState<LibraryFilter>(EVERY_RUNBOOK);
  const [order, setOrder] = useState<LibraryOrder>('title');
  const search = useRef<HTMLInputElement>(null);
  const all: Row[] = (runbooks ?? []).map((runbook) => ({
    runbook,
    use: metrics?.runbooks.find((one) => one.runbook === runbook.name) ?? null,
  }));
  const rows = inOrder(
    all.filter((row) => isShown(row, filter)),
    order,
  );
  const current = rows.find(({ runbook }) => runbook.name === selected) ?? rows[0];

  function move(by: number): void {
    const index = rows.findIndex(({ runbook }) => runbook.name === current?.runbook.name);
    setSelected(rows[Math.min(rows.length - 1, Math.max(0, index + by))]?.runbook.name ?? null);
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      if (current !== undefined) onOpen(current.runbook);
    },
    n: onNew,
    s: () => setFilter({ ...filter, stale: !filter.stale }),
    p: () => setFilter({ ...filter, faulty: !filter.faulty }),
    '/': () => search.current?.focus(),
  });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Runbooks</h1>
        <p className={styles.weak}>{runbooks === null ? 'reading…' : `${runbooks.length} in the library`}</p>
        <span className={styles.spring} />
        <Button keys="n" onClick={onNew}>
          Write one
        </Button>
      </header>
      <FilterLine rows={all} filter={filter} searchRef={search} onFilter={setFilter} />
      {runbooks !== null && rows.length === 0 ? <p className={styles.empty}>{emptyText(all.length)}</p> : null}
      {rows.length === 0 ? null : (
        <LibraryTable
          rows={rows}
          selected={current?.runbook.name ?? null}
          order={order}
          now={now}
          addressOf={addressOf}
          onSelect={({ name }) => setSelected(name)}
          onOpen={onOpen}
          onOrder={setOrder}
        />
      )}
      <Unanswered rules={metrics?.unanswered ?? []} addressFor={addressFor} />
    </div>
  );
}

type FilterProps = {
  rows: readonly Row[];
  filter: LibraryFilter;
  searchRef: React.RefObject<HTMLInputElement | null>;
  onFilter(filter: LibraryFilter): void;
};

function FilterLine({ rows, filter, searchRef, onFilter }: FilterProps) {
  const stale = rows.filter(({ use }) => use !== null && isStale(use)).length;
  const faulty = rows.filter(({ runbook }) => runbook.errors + runbook.warnings > 0).length;
  const hows = { live: 'Live', 'by-hand': 'By hand' } as const;
  return (
    <div className={styles.filters} role="search" aria-label="Runbooks">
      <Button keys="s" aria-pressed={filter.stale} onClick={() => onFilter({ ...filter, stale: !filter.stale })}>
        Stale {stale}
      </Button>
      <Button keys="p" aria-pressed={filter.faulty} onClick={() => onFilter({ ...filter, faulty: !filter.faulty })}>
        With problems {faulty}
      </Button>
      {(['live', 'by-hand'] as const).map((how) => (
        <Button
          key={how}
          variant="quiet"
          aria-pressed={filter.how === how}
          onClick={() => onFilter({ ...filter, how: filter.how === how ? null : how })}
        >
          {hows[how]}
        </Button>
      ))}
      <input
        ref={searchRef}
        type="search"
        aria-label="Search runbooks"
        placeholder="Title, failure:, alert: or owner:   /"
        value={filter.text}
        onChange={(event) => onFilter({ ...filter, text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur();
        }}
      />
    </div>
  );
}

function emptyText(all: number): React.ReactNode {
  if (all > 0) return `None of ${all} fits. Take a filter back.`;
  return (
    <>
      No runbook yet. Put a Markdown file into the folder <code>runbooks/</code>; it appears here by itself.
    </>
  );
}

type UnansweredProps = { rules: LibraryMetrics['unanswered']; addressFor(rule: string): string };

/** Alerts that would find nobody a runbook. */
function Unanswered({ rules, addressFor }: UnansweredProps) {
  if (rules.length === 0) return null;
  return (
    <section className={styles.unanswered} aria-label="Alerts that no runbook answers">
      <h2>Alerts that no runbook answers</h2>
      <ul>
        {rules.map(({ rule, title, severity, firing }) => (
          <li key={rule}>
            <span>
              {title}
              <span className={styles.under}>
                {rule} · {severity}
              </span>
            </span>
            {firing === 0 ? null : <StateWord tone="now" word={`Firing ${firing}`} />}
            <a href={addressFor(rule)} className={styles.write} aria-label={`write one for ${rule}`}>
              write one
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
