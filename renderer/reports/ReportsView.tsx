import { useState } from 'react';
import type { ReportSummary } from '#contract/report.ts';
import { agoText, Button, CommandLine, Page, Refusal, StateWord, useKeys } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './reports.module.css';
import { weeksBack } from './words.ts';

/** Weeks that can be chosen from: this one, which is not over, and those before. */
const CHOICES = 9;

type Props = {
  /** Newest first; null before the first answer. */
  reports: readonly ReportSummary[] | null;
  now: number;
  busy: boolean;
  refusal: string | null;
  addressOf(report: ReportSummary): string;
  onOpen(report: ReportSummary): void;
  onMake(week: string): void;
};

/** Reports that were made, and one more. */
export function ReportsView({ reports, now, busy, refusal, addressOf, onOpen, onMake }: Props) {
  const weeks = weeksBack(now, CHOICES);
  const [week, setWeek] = useState(weeks[1] ?? '');
  const [selected, setSelected] = useState<number | null>(null);
  const rows = reports ?? [];
  const current = rows.find(({ id }) => id === selected) ?? rows[0];

  function move(by: number): void {
    const index = rows.findIndex(({ id }) => id === current?.id);
    setSelected(rows[Math.min(rows.length - 1, Math.max(0, index + by))]?.id ?? null);
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    n: () => {
      if (!busy) onMake(week);
    },
    Enter: () => {
      if (current !== undefined) onOpen(current);
    },
  });

  return (
    <Page
      title="Reports"
      beside="what was promised in a week, and what was kept"
      end={
        <>
          <label className={styles.week}>
            Week
            <select value={week} onChange={(event) => setWeek(event.target.value)}>
              {weeks.map((each, back) => (
                <option key={each} value={each}>
                  {each}
                  {back === 0 ? ' (not over)' : ''}
                </option>
              ))}
            </select>
          </label>
          <Button variant="primary" keys="n" disabled={busy} onClick={() => onMake(week)}>
            Make a report
          </Button>
        </>
      }
    >
      <Refusal why={refusal} />
      <CommandLine command={`nightdesk report --week ${week} --out report.pdf --format pdf`} />
      {reports !== null && rows.length === 0 ? (
        <p className={ink.empty}>
          No report was made yet. Make one of the last week now, or let one be made and sent each Monday: name routes
          under <code>reports: {'{ to: [...] }'}</code> in nightdesk.yaml.
        </p>
      ) : null}
      {rows.length === 0 ? null : (
        <ul className={styles.list}>
          {rows.map((report) => (
            <li key={report.id} data-selected={report.id === current?.id || undefined}>
              <a href={addressOf(report)}>
                <strong>Week {report.week}</strong>
                <span className={styles.counts}>
                  {report.missed > 0 ? <StateWord tone="now" word={`${report.missed} missed`} /> : null}
                  <StateWord tone="met" word={`${report.met} met`} />
                  {report.open > 0 ? <StateWord tone="unknown" word={`${report.open} without a verdict`} /> : null}
                </span>
                <span className={ink.weak}>
                  made {agoText(now - report.madeAt)} ago by {report.by}
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
