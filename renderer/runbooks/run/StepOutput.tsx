import styles from './run.module.css';

/** What a step came back with, as text and nothing else. Tab reaches it, so that the keyboard can scroll it. */
export function StepOutput({ title, output }: { title: string; output: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <pre className={styles.output} tabIndex={0} role="region" aria-label={`What came back: ${title}`}>
      {output}
    </pre>
  );
}
