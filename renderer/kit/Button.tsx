import type { ComponentProps } from 'react';
import { Key } from './Key.tsx';
import styles from './kit.module.css';

type Props = ComponentProps<'button'> & {
  /** primary: the one thing to do next. plain: beside it. quiet: a way around. */
  variant?: 'primary' | 'plain' | 'quiet';
  /** The key that does the same, shown on it. */
  keys?: string | undefined;
};

export function Button({ variant = 'plain', keys, type = 'button', className, children, ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type}
      data-variant={variant}
      className={[styles.button, className].filter(Boolean).join(' ')}
      aria-keyshortcuts={keys}
    >
      {children}
      {keys === undefined ? null : <Key>{keys}</Key>}
    </button>
  );
}
