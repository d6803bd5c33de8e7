import { Dialog as Base } from '@base-ui/react/dialog';
import { type ReactNode, type RefObject, useRef } from 'react';
import styles from './kit.module.css';

type Props = {
  title: string;
  onClose(): void;
  /** The title is heard but not shown: what is inside says it. */
  bare?: boolean;
  /** As wide as a document. */
  wide?: boolean;
  /** The field that has the focus first. */
  first?: RefObject<HTMLElement | null> | undefined;
  children: ReactNode;
};

/** A question over the page: it holds the focus until it is answered or closed with Esc. */
export function Dialog({ title, onClose, bare = false, wide = false, first, children }: Props) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        {/* A field, or the question itself, has the focus first: on one of its buttons, Enter would be that button's. */}
        <Base.Popup
          ref={popup}
          initialFocus={bare ? undefined : (first ?? popup)}
          className={styles.dialog}
          data-bare={bare || undefined}
          data-wide={wide || undefined}
        >
          <Base.Title className={styles.dialogTitle}>{title}</Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
