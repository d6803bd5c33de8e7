import { Dialog as Base } from '@base-ui/react/dialog';
import { type ReactNode, useRef } from 'react';
import styles from './kit.module.css';

type Props = {
  title: string;
  onClose(): void;
  /** The title is heard but not shown: what is inside says it. */
  bare?: boolean;
  /** The focus begins on the dialog itself, so that Enter is nobody's but the dialog's. */
  still?: boolean;
  children: ReactNode;
};

/** A question over the page: it holds the focus until it is answered or closed with Esc. */
export function Dialog({ title, onClose, bare = false, still = false, children }: Props) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup
          ref={popup}
          className={styles.dialog}
          data-bare={bare || undefined}
          {...(still ? { initialFocus: popup } : {})}
        >
          <Base.Title className={styles.dialogTitle}>{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
