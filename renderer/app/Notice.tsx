import styles from './app.module.css';

/** A page that has nothing to show but a word on why, and a way out. */
export function Notice({ title, text }: { title: string; text: string }) {
  return (
    <div className={styles.notice}>
      {title === '' ? null : <h1>{title}</h1>}
      <p className={styles.weak}>{text}</p>
      {title === '' ? null : (
        <a className={styles.way} href="/">
          To the board
        </a>
      )}
    </div>
  );
}
