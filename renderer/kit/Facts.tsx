import type { ReactNode } from 'react';
import styles from './kit.module.css';

export type Fact = { name: string; value: ReactNode };

/** Names and values in two columns; no name stands twice. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
