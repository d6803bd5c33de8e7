import styles from './documents.module.css';

/** Why a call was refused; nothing when it was not. */
export function Refusal({ why }: { why: string | null }) {
  if (why === null) return null;
  return (
    <p role="alert" className={styles.refusal}>
      {why}
    </p>
  );
}
