import type { RunbookSummary } from '#contract/runbook.ts';
import type { RunbookMetrics } from '#contract/runbook-metrics.ts';
import { agoText, dayText, StateWord, spanText } from '../kit/index.ts';
import styles from './library.module.css';
import { freshness, type LibraryOrder, type Row } from './library.ts';

type Props = {
  rows: readonly Row[];
  selected: string | null;
  order: LibraryOrder;
  now: number;
  addressOf(runbook: RunbookSummary): string;
  onSelect(runbook: RunbookSummary): void;
  onOpen(runbook: RunbookSummary): void;
  onOrder(order: LibraryOrder): void;
};

const COLUMNS: readonly { order: LibraryOrder | null; head: string; number?: true }[] = [
  { order: 'title', head: 'Runbook' },
  { order: null, head: 'Answers' },
  { order: 'state', head: 'State' },
  { order: 'faults', head: 'Lint' },
  { order: 'used', head: 'Last used' },
  { order: 'proven', head: 'Last proven' },
  { order: 'recovery', head: 'Recovers in', number: true },
];

/** The runbooks in a table; a heading sorts by its column, what most needs a look first. */
export function LibraryTable({ rows, selected, order, now, addressOf, onSelect, onOpen, onOrder }: Props) {
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th
                key={column.head}
                scope="col"
                className={column.number === true ? styles.number : undefined}
                aria-sort={column.order === order ? 'ascending' : undefined}
              >
                {column.order === null ? (
                  column.head
                ) : (
                  <SortButton {...{ ...column, order: column.order }} by={order} onOrder={onOrder} />
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ runbook, use }) => (
            <tr
              key={runbook.name}
              data-selected={runbook.name === selected || undefined}
              onClick={() => onSelect(runbook)}
              onDoubleClick={() => onOpen(runbook)}
            >
              <td>
                <a href={addressOf(runbook)} className={styles.title}>
                  {runbook.title}
                </a>
                <span className={styles.under}>
                  {runbook.failure ?? runbook.name} · {runbook.owner ?? 'no owner'}
                </span>
              </td>
              <td>
                {runbook.matchAlerts.join(', ') || <span className={styles.weak}>no alert</span>}
                <span className={styles.under}>
                  {runbook.live ? 'live' : 'by hand'}, {runbook.steps} {runbook.steps === 1 ? 'step' : 'steps'}
                </span>
              </td>
              <td className={styles.steady}>
                {use === null ? null : <StateWord {...freshness(use)} />}
                <span className={styles.under}>{reviewText(runbook, use, now)}</span>
              </td>
              <td>
                <LintWord errors={runbook.errors} warnings={runbook.warnings} />
              </td>
              <td>
                <LastUsed runbook={runbook} use={use} now={now} />
              </td>
              <td>
                <LastProven use={use} now={now} />
              </td>
              <td className={styles.number}>
                {use?.recoveryMs == null ? <span className={styles.weak}>–</span> : spanText(use.recoveryMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type SortProps = { head: string; order: LibraryOrder; by: LibraryOrder; onOrder(order: LibraryOrder): void };

function SortButton({ head, order, by, onOrder }: SortProps) {
  return (
    <button type="button" className={styles.sort} aria-pressed={order === by} onClick={() => onOrder(order)}>
      {head}
      <span aria-hidden="true">{order === by ? ' ↑' : ''}</span>
    </button>
  );
}

/** How a file stands with the lint, in a word. */
export function LintWord({ errors, warnings }: { errors: number; warnings: number }) {
  if (errors > 0) return <StateWord tone="now" word={errors === 1 ? '1 error' : `${errors} errors`} />;
  if (warnings > 0) return <StateWord tone="soon" word={warnings === 1 ? '1 warning' : `${warnings} warnings`} />;
  return <StateWord tone="met" word="Sound" />;
}

function reviewText({ reviewed }: RunbookSummary, use: RunbookMetrics | null, now: number): string {
  if (reviewed === null) return 'no review';
  const due = use?.reviewDueAt ?? null;
  return due !== null && due > now ? `reviewed ${reviewed}` : `reviewed ${reviewed}, due`;
}

type UseProps = { runbook: RunbookSummary; use: RunbookMetrics | null; now: number };

function LastUsed({ runbook, use, now }: UseProps) {
  if (runbook.lastRunAt === null) return <span className={styles.weak}>never</span>;
  return (
    <>
      {agoText(now - runbook.lastRunAt)} ago
      <span className={styles.under}>
        {runbook.lastOutcome ?? 'in progress'}
        {use === null ? '' : `, ${use.runs} ${use.runs === 1 ? 'run' : 'runs'}`}
      </span>
    </>
  );
}

function LastProven({ use, now }: Pick<UseProps, 'use' | 'now'>) {
  const proven = use?.lastProven ?? null;
  if (proven === null) return <span className={styles.weak}>never</span>;
  return (
    <>
      {agoText(now - proven.at)} ago
      <span className={styles.under}>{provenText(proven)}</span>
    </>
  );
}

/** Where a proof is from, and whether it is of the text as it stands. */
export function provenText({ at, rehearsal, sameText }: NonNullable<RunbookMetrics['lastProven']>): string {
  return `${rehearsal ? 'in rehearsal' : 'in earnest'}, ${sameText ? dayText(at) : 'of another text'}`;
}
