import type { ReactNode } from 'react';
import styles from './kit.module.css';

type Props = {
  title: string;
  /** Behind the title, weaker. */
  under?: string | undefined;
  /** At the right of the title. */
  end?: ReactNode;
  /** The title names a thing, not a kind of content. */
  strong?: boolean;
  children: ReactNode;
};

export function Panel({ title, under, end, strong = false, children }: Props) {
  return (
    <section className={styles.panel} aria-label={title}>
      <header className={styles.panelHead}>
        <h2 data-strong={strong || undefined}>{title}</h2>
        {under === undefined ? null : <span>{under}</span>}
        {end === undefined ? null : <div>{end}</div>}
      </header>
      {children}
    </section>
  );
}
