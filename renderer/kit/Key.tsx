import styles from './kit.module.css';

/** A key to press, beside what it does. Those who cannot see it hear it from `aria-keyshortcuts`. */
export function Key({ children }: { children: string }) {
  return (
    <span className={styles.key} aria-hidden="true">
      {children.length === 1 ? children.toUpperCase() : children}
    </span>
  );
}
