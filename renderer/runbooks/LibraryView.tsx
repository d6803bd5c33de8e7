import { useState } from 'react';
import type { RunbookSummary } from '#contract/runbook.ts';
import { clockTime, StateWord, spanText, useKeys } from '../kit/index.ts';
import styles from './library.module.css';

type Props = {
  /** Null before the first answer. */
  runbooks: readonly RunbookSummary[] | null;
  now: number;
  addressOf(runbook: RunbookSummary): string;
  onOpen(runbook: RunbookSummary): void;
};

/** The library: every runbook, what it is for, whether it is sound, when it was last used. */
export function LibraryView({ runbooks, now, addressOf, onOpen }: Props) {
  const [selected, setSelected] = useState<string | null>(null);
  const rows = runbooks?.toSorted((a, b) => a.title.localeCompare(b.title)) ?? [];
  const current = rows.find((runbook) => runbook.name === selected) ?? rows[0];

  function move(by: number): void {
    const index = rows.findIndex((runbook) => runbook.name === current?.name);
    setSelected(rows[Math.min(rows.length - 1, Math.max(0, index + by))]?.name ?? null);
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      if (current !== undefined) onOpen(current);
    },
  });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Runbooks</h1>
        <p className={styles.weak}>{runbooks === null ? 'reading…' : `${rows.length} in the library`}</p>
      </header>
      {runbooks !== null && rows.length === 0 ? (
        <p className={styles.empty}>
          No runbook yet. Put a Markdown file into the folder <code>runbooks/</code>; it appears here by itself.
        </p>
      ) : null}
      {rows.length === 0 ? null : (
        <div className={styles.frame}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Runbook</th>
                <th scope="col">Answers the alert</th>
                <th scope="col" className={styles.number}>
                  Steps
                </th>
                <th scope="col">Lint</th>
                <th scope="col">Reviewed</th>
                <th scope="col">Last run</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((runbook) => (
                <tr
                  key={runbook.name}
                  data-selected={runbook.name === current?.name || undefined}
                  onClick={() => setSelected(runbook.name)}
                  onDoubleClick={() => onOpen(runbook)}
                >
                  <td>
                    <a href={addressOf(runbook)} className={styles.title}>
                      {runbook.title}
                    </a>
                    <span className={styles.under}>{runbook.failure ?? runbook.name}</span>
                  </td>
                  <td>
                    {runbook.matchAlerts.join(', ') || <span className={styles.weak}>none</span>}
                    <span className={styles.under}>{runbook.live ? 'live' : 'by hand'}</span>
                  </td>
                  <td className={styles.number}>{runbook.steps}</td>
                  <td>
                    <LintWord errors={runbook.errors} warnings={runbook.warnings} />
                  </td>
                  <td>
                    {runbook.reviewed ?? <span className={styles.weak}>never</span>}
                    <span className={styles.under}>{runbook.owner ?? 'no owner'}</span>
                  </td>
                  <td>
                    <LastRun runbook={runbook} now={now} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

/** How a file stands with the lint, in a word. */
export function LintWord({ errors, warnings }: { errors: number; warnings: number }) {
  if (errors > 0) return <StateWord tone="now" word={errors === 1 ? '1 error' : `${errors} errors`} />;
  if (warnings > 0) return <StateWord tone="soon" word={warnings === 1 ? '1 warning' : `${warnings} warnings`} />;
  return <StateWord tone="met" word="Sound" />;
}

const DAY_MS = 86_400_000;

function LastRun({ runbook, now }: { runbook: RunbookSummary; now: number }) {
  const { lastRunAt, lastOutcome } = runbook;
  if (lastRunAt === null) return <span className={styles.weak}>never</span>;
  const age = Math.max(0, now - lastRunAt);
  return (
    <>
      {spanText(age)} ago
      <span className={styles.under}>
        {lastOutcome ?? 'in progress'}
        {age < DAY_MS ? `, began ${clockTime(lastRunAt)}` : ''}
      </span>
    </>
  );
}
