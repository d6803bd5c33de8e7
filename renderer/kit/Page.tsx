import type { ReactNode } from 'react';
import ink from './ink.module.css';
import styles from './page.module.css';

type Props = {
  title: string;
  /** Behind the title, weaker; what is more than words has its own strength. */
  beside?: ReactNode;
  /** At the right: what can be done. */
  end?: ReactNode;
  children: ReactNode;
};

/** A view from its head down. */
export function Page({ title, beside, end, children }: Props) {
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{title}</h1>
        {typeof beside === 'string' ? <p className={ink.weak}>{beside}</p> : beside}
        <span className={styles.spring} />
        {end}
      </header>
      {children}
    </div>
  );
}
