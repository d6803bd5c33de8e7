import styles from './app.module.css';

/** A page that has nothing to show but a word on why. */
export function Notice({ title, text }: { title: string; text: string }) {
  return (
    <div className={styles.notice}>
      {title === '' ? null : <h1>{title}</h1>}
      <p className={styles.weak}>{text}</p>
    </div>
  );
}
