import { type ReactNode, useEffect } from 'react';
import ink from './ink.module.css';
import { useKeys } from './keys.ts';
import styles from './queue.module.css';

type Item = {
  id: string | number;
  address: string;
  head: ReactNode;
  /** At the right of the head: how long it waits. */
  waits: string;
  /** Below the head. */
  children: ReactNode;
  onOpen(): void;
};

type Props = {
  /** What listeners are told it is. */
  label: string;
  items: readonly Item[];
  /** The id of the open one. */
  open: string | number | null;
  /** The rows have little to say. */
  slim?: boolean;
  /** The open one. */
  children: ReactNode;
};

/** What waits its turn at the left, the open one beside it; j and k open the next and the one before. */
export function Queue({ label, items, open, slim = false, children }: Props) {
  function move(by: number): void {
    const index = items.findIndex(({ id }) => id === open);
    items[index < 0 ? 0 : Math.min(items.length - 1, Math.max(0, index + by))]?.onOpen();
  }
  useKeys({ j: () => move(1), k: () => move(-1) });
  useEffect(() => {
    if (open !== null) document.getElementById(`queued-${open}`)?.scrollIntoView({ block: 'nearest' });
  }, [open]);

  return (
    <div className={styles.columns} data-slim={slim || undefined}>
      <ol className={styles.queue} aria-label={label}>
        {items.map((item) => (
          <li key={item.id} id={`queued-${item.id}`} data-selected={item.id === open || undefined}>
            <a href={item.address} aria-current={item.id === open ? 'true' : undefined}>
              <span className={styles.rowHead}>
                {item.head}
                <span className={ink.weak}>{item.waits}</span>
              </span>
              {item.children}
            </a>
          </li>
        ))}
      </ol>
      {children}
    </div>
  );
}
