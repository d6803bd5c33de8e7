import { useEffect, useLayoutEffect, useRef } from 'react';

/** Key, as `KeyboardEvent.key` names it -> what it does. */
type Keys = Readonly<Record<string, () => void>>;

/**
 * Keys of a view. They rest while a person types, with Ctrl, Alt or Meta, as long as a dialog is open, and after `g`, which
 * begins a way to another view. Enter on a button or link is that button's.
 */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  // Before the paint: a key pressed at once means what is on screen.
  useLayoutEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let goAt = Number.NEGATIVE_INFINITY;
    function onKeyDown(event: KeyboardEvent): void {
      const afterGo = event.timeStamp - goAt < GO_MS;
      goAt = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (afterGo || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
      if (!(event.target instanceof Element) || belongsTo(event.target, event.key)) return;
      const act = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (act === undefined) return;
      event.preventDefault();
      act();
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** How long after `g` the next key belongs to it, ms. */
const GO_MS = 1_000;

const TYPING = 'input:not([type="radio"]), textarea, select, [contenteditable="true"], [data-typing]';
const DIALOG = '[role="dialog"]';
const PRESSED_BY_ENTER = 'button, a[href], summary';

function belongsTo(target: Element, key: string): boolean {
  if (target.closest(TYPING) !== null) return true;
  // It may not have the focus yet: a key meant for it is not the page's.
  if (document.querySelector(DIALOG) !== null) return true;
  return key === 'Enter' && target.closest(PRESSED_BY_ENTER) !== null;
}
