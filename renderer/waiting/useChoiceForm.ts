import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useKeys } from '../kit/index.ts';
import { digitKeys } from './ChoiceList.tsx';

/** What was read from the fields of a choice; null before one is chosen. */
type Read<T> = { ok: true; value: T } | { ok: false; why: string } | null;

/** A form that begins with a choice: digits choose, the field of the choice has the focus, Enter sends what reads well. */
export function useChoiceForm<Field extends HTMLElement>(choices: readonly { value: string }[]) {
  const [chosen, setChosen] = useState<string | null>(null);
  /** It was sent and did not read well: from now on it says why. */
  const [tried, setTried] = useState(false);
  const field = useRef<Field>(null);
  const form = useRef<HTMLFormElement>(null);

  function choose(value: string): void {
    setChosen(value);
    setTried(false);
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the field of a choice has the focus as soon as it is there
  useEffect(() => field.current?.focus({ preventScroll: true }), [chosen]);

  useKeys({
    ...digitKeys(choices, choose),
    Enter: () => {
      if (chosen === null) form.current?.querySelector('input')?.focus();
      else form.current?.requestSubmit();
    },
  });

  function send<T>(event: FormEvent, read: Read<T>, busy: boolean, onRead: (value: T) => void): void {
    event.preventDefault();
    if (busy || read === null) return;
    if (read.ok) onRead(read.value);
    else setTried(true);
  }

  return { chosen, choose, tried, field, form, send };
}
