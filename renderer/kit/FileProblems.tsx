import type { FileProblem } from '#contract/agent.ts';
import styles from './documents.module.css';

/** What is wrong with a file that people write: where, what, and what would be right. */
export function FileProblems({ problems }: { problems: readonly FileProblem[] }) {
  return (
    <ul className={styles.problems}>
      {problems.map((problem) => (
        <li key={`${problem.file}:${problem.line}:${problem.column} ${problem.message}`}>
          <span className={styles.problemPlace}>
            {problem.severity} · line {problem.line}, column {problem.column}
          </span>
          <span>{problem.message}</span>
          {problem.fix === null ? null : <span className={styles.problemPlace}>{problem.fix}</span>}
        </li>
      ))}
    </ul>
  );
}
