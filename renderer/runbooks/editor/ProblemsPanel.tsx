import type { Finding } from '#contract/runbook-lint.ts';
import { Button } from '../../kit/index.ts';
import styles from './editor.module.css';

type Props = {
  findings: readonly Finding[];
  onGoTo(finding: Finding): void;
  onFix(finding: Finding): void;
};

/** What the lint says, each with the way there and, where the desk knows one, its remedy. */
export function ProblemsPanel({ findings, onGoTo, onFix }: Props) {
  if (findings.length === 0) return <p className={styles.weak}>None: it can be run as it stands.</p>;
  return (
    <ul className={styles.list}>
      {findings.map((finding) => (
        <li key={`${finding.range.from} ${finding.rule} ${finding.message}`}>
          <span className={styles.under}>
            {finding.severity} · line {finding.line}, column {finding.column} · {finding.rule}
          </span>
          <span>{finding.message}</span>
          {finding.fix === null ? null : <span className={styles.under}>{finding.fix}</span>}
          <span className={styles.buttons}>
            <Button variant="quiet" onClick={() => onGoTo(finding)}>
              Go there
            </Button>
            {finding.edit === null ? null : <Button onClick={() => onFix(finding)}>Fix</Button>}
          </span>
        </li>
      ))}
    </ul>
  );
}
