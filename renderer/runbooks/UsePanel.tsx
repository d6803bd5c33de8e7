import type { RunbookStepsMetrics } from '#contract/runbook-metrics.ts';
import { agoText, type Fact, Facts, Panel, spanText } from '../kit/index.ts';
import { provenText } from './LibraryTable.tsx';
import styles from './library.module.css';
import { stepUse } from './library.ts';

type Props = { use: RunbookStepsMetrics; now: number; addressOfRun(id: number): string };

/** How a runbook was used and proven, and what its runs skipped that the file no longer has. */
export function UsePanel({ use, now, addressOfRun }: Props) {
  const gone = use.steps.filter(({ inFile }) => !inFile);
  const proven = use.lastProven;
  const facts: Fact[] = [
    { name: 'Runs', value: runsText(use) },
    { name: 'Last used', value: use.lastUsedAt === null ? 'never' : `${agoText(now - use.lastUsedAt)} ago` },
    {
      name: 'Last proven',
      value:
        proven === null ? (
          'never'
        ) : (
          <a href={addressOfRun(proven.run)} className={styles.write}>
            run {proven.run}, {provenText(proven)}
          </a>
        ),
    },
    { name: 'Review due', value: use.reviewDueAt === null ? 'now' : dueText(use.reviewDueAt, now) },
    { name: 'Recovers in', value: use.recoveryMs === null ? 'not known' : spanText(use.recoveryMs) },
    { name: 'Steps skipped', value: use.skipped },
    { name: 'Steps failed', value: use.failed },
  ];
  return (
    <Panel title="Its use" under={use.runsRead === 0 ? undefined : `steps over the last ${use.runsRead}`}>
      <Facts facts={facts} />
      {gone.length === 0 ? null : (
        <ul className={styles.gone} aria-label="Steps that the file no longer has">
          {gone.map(({ step, title }) => (
            <li key={step}>
              {title.replaceAll('**', '').replaceAll('`', '')}
              <span className={styles.under}>no longer in the file · {stepUse(use, step)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function runsText({ runs, recovered, ended, open }: RunbookStepsMetrics): string {
  if (runs === 0) return 'none';
  const parts = [`${recovered} recovered`, `${ended} ended without proof`, ...(open === 0 ? [] : [`${open} open`])];
  return `${runs}: ${parts.join(', ')}`;
}

function dueText(at: number, now: number): string {
  return at <= now ? `since ${agoText(now - at)}` : `in ${agoText(at - now)}`;
}
